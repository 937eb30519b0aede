/* hdf5_types.c -- element types in memory and in files. */
#include "results/store/hdf5_types.h"

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

hid_t hdf5_stored_type(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case HDF5_REAL32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case HDF5_INTEGER:
        return H5Tcopy(H5T_STD_I64LE);
    case HDF5_BYTE:
        return H5Tcopy(H5T_STD_U8LE);
    case HDF5_TEXT:
        break;
    }
    return text_type();
}

hid_t hdf5_memory_type(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    case HDF5_REAL32:
        return H5Tcopy(H5T_NATIVE_FLOAT);
    case HDF5_INTEGER:
        return H5Tcopy(H5T_NATIVE_INT64);
    case HDF5_BYTE:
        return H5Tcopy(H5T_NATIVE_UINT8);
    case HDF5_TEXT:
        break;
    }
    return text_type();
}

size_t hdf5_size(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return sizeof(double);
    case HDF5_REAL32:
        return sizeof(float);
    case HDF5_INTEGER:
        return sizeof(int64_t);
    case HDF5_BYTE:
        return sizeof(uint8_t);
    case HDF5_TEXT:
        break;
    }
    return sizeof(char *);
}

bool hdf5_same_class(hid_t stored, enum hdf5_type type)
{
    H5T_class_t class = H5Tget_class(stored);
    if (type == HDF5_TEXT)
        return class == H5T_STRING && H5Tis_variable_str(stored) > 0;
    return class == (type == HDF5_REAL64 || type == HDF5_REAL32 ? H5T_FLOAT : H5T_INTEGER);
}
