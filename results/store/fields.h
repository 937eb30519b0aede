/* fields.h -- the members of the records of store.h as columns of an HDF5 file (private to results/).
 *
 * One row of a table is the member, its name and type in the file, its unit and description: trial
 * files, results files, merging and comparing all walk the same tables. */
#ifndef LEXBENCH_FIELDS_H
#define LEXBENCH_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/hdf5_helpers.h"
#include "results/store/texts.h"

/*                   member            in the file */
enum field_type {
    FIELD_TEXT,    /* char[size]       text */
    FIELD_LENT,    /* const char *     text */
    FIELD_INTEGER, /* int64_t          integer */
    FIELD_REAL,    /* double           double */
    FIELD_FLAG,    /* int, 0 or 1      byte */
    FIELD_STATUS,  /* enum cell_status byte */
    FIELD_COUNT    /* size_t           integer */
};

struct field {
    const char *name; /* NULL ends a table */
    enum field_type type;
    size_t offset, size; /* of the member */
    const char *unit;    /* NULL: of texts */
    const char *description;
    bool later; /* files of before do not have it: it is 0 there */
};

/* Records that name a coordinate; the first row is `name`. */
extern const struct field variant_fields[], dataset_fields[], configuration_fields[], protocol_fields[];
/* Along (variant, dataset, configuration). */
extern const struct field budget_fields[];
/* Of a cell: what it scored; the set that was scored; what was measured; its place and items. */
extern const struct field cell_fields[], scored_fields[], measured_fields[], place_fields[];
/* Along (variant, dataset, configuration, seed, fold): the id of a training. */
extern const struct field training_id_field;
/* Of a training in a results file: its id; what was measured. */
extern const struct field training_record_id;
extern const struct field training_fields[];
/* Of a trial: what it is; what was measured. */
extern const struct field trial_fields[], trial_measured_fields[];
/* Of a candidate of a tuning; of a claim. */
extern const struct field tuning_fields[], claim_fields[];

/* Records and where they stand among the elements of a dataset. */
struct records {
    void *at; /* only read where they are put into a file */
    size_t stride, count;
    const size_t *place; /* (count) ascending; NULL: record i is element i, and there are no others */
    const void *empty;   /* put at all other places; not read back */
    struct texts *texts; /* keeps what is read into lent texts */
};
void records_put(struct hdf5_file *file, const char *path, const struct field *field,
                 const struct records *records, size_t rank, const size_t *extent);
/* What an older file lacks (later) stays as it is. */
void records_get(struct hdf5_file *file, const struct records *records, const char *path,
                 const struct field *field, size_t rank, const size_t *extent);

/* All members of a table at group/name: one element a record. */
void all_records_get(struct hdf5_file *file, const struct records *records, const char *group,
                     const struct field *fields);

/* One member of records, `stride` bytes apart, to or from the dataset at path. */
void field_put(struct hdf5_file *file, const char *path, const struct field *field, const void *records,
               size_t stride, size_t rank, const size_t *extent);
void field_get(struct hdf5_file *file, void *records, const char *path, const struct field *field,
               size_t stride, size_t rank, const size_t *extent);

/* All members of a table, at group/name ("" = the root) for count records. */
void fields_put(struct hdf5_file *file, const char *group, const struct field *fields, const void *records,
                size_t stride, size_t count);
void fields_get(struct hdf5_file *file, void *records, const char *group, const struct field *fields,
                size_t stride, size_t count);

/* Bit for bit; texts up to their NUL. */
bool field_equal(const struct field *field, const void *a, const void *b);
/* The first row in which two records differ, NULL = none. */
const struct field *fields_difference(const struct field *fields, const void *a, const void *b);
/* The member as a person reads it, all digits. */
void field_print(char *out, size_t size, const struct field *field, const void *record);

#endif
