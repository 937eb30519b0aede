# make                  build/lexbench
# make check            all tests (tests/run.sh counts them)
# make precision=double the build in which gradients are checked against central differences
# make install PREFIX=/usr/local DESTDIR=     and make uninstall with the same
# make openmp=0         without threads
# make products=cblas   with a CBLAS instead of oneDNN       products=plain   without a matrix library
# make asan=1 | ubsan=1 | tsan=1 | hard=1     hostile builds: tests/README.md says what each shows
# Each kind of build has a folder of its own under $(BUILD), and `make KIND... check` tests that kind.

CC      ?= gcc
PREFIX  ?= /usr/local
precision ?= float
openmp  ?= 1
products ?= $(if $(tsan),plain,auto)
BUILD   ?= build
EXTRA_ENCODERS ?=
EXTRA_DATASETS ?=
EXTRA_OBJECTIVES ?=
EXTRA_MIXERS ?=

# -------------------------------------------------------------------------------------------------
ifeq ($(origin CC),default)
CC := $(if $(tsan),clang,gcc)
endif
SHELL := /bin/sh
# \# inside a function means different things to different versions of make.
HASH := \#
MAKEFLAGS += --no-builtin-rules
VERSION := 0.1.0

# One folder of objects per kind of build, so that they never mix.
COMPILER := $(lastword $(notdir $(CC)))
VARIATION := $(if $(filter 0,$(openmp)),-serial)$(if $(filter-out auto,$(products)),-$(products))
VARIATION := $(VARIATION)$(if $(asan),-asan)$(if $(ubsan),-ubsan)$(if $(tsan),-tsan)$(if $(hard),-hard)
KIND := $(precision)$(VARIATION)$(if $(filter-out gcc,$(COMPILER)),-$(COMPILER))
O := $(BUILD)/$(KIND)

# libgomp is not instrumented, so the thread sanitizer would report every barrier of it as a race.
# LLVM's OpenMP tells it of them through a tool, Archer, that comes with it and loads by itself.
# oneDNN brings libgomp along: this build multiplies with plain loops, so that one runtime is loaded.
ifneq ($(tsan),)
ifneq ($(filter-out clean,$(or $(MAKECMDGOALS),all)),)
ARCHER := $(shell probe=$$(mktemp) && printf '$(HASH)include <omp.h>\nint main(void) { return omp_get_num_procs() == 0; }\n' | \
            $(CC) -x c -fopenmp -fsanitize=thread -o $$probe - >/dev/null 2>&1 && \
            ARCHER_OPTIONS=verbose=1 $$probe 2>&1 | grep -o 'Archer detected'; rm -f $$probe)
ifeq ($(ARCHER),)
$(error tsan=1 needs clang with its thread sanitizer, LLVM's OpenMP and Archer: on Debian and Ubuntu \
clang, libclang-rt-dev and libomp-dev (scripts/install-deps.sh --all); $(CC) lacks one of them)
endif
endif
endif

# Rows of tables end where their last value stands: the fields after it are zero, as C has it.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wno-missing-field-initializers
# No -ffast-math anywhere: it changes exp between vector body and tail and deletes NaN tests.
# -ffp-contract=off: a fused multiply-add is used only where it is written.
# -fno-math-errno: sqrt and friends need not set errno; values are unchanged.
OPTIMISE := -O3 -ffp-contract=off -fno-math-errno -g
HDF5_PACKAGE := $(shell for p in hdf5-serial hdf5; do pkg-config --exists $$p 2>/dev/null && { echo $$p; break; }; done)
CPPFLAGS_ALL := -I. -Isuite -I$(O) -D_GNU_SOURCE -DLEXBENCH_VERSION='"$(VERSION)"' \
                $(if $(filter double,$(precision)),-DLEXBENCH_DOUBLE) \
                $(shell pkg-config --cflags $(HDF5_PACKAGE) 2>/dev/null) $(CPPFLAGS)
CFLAGS_ALL := -std=c17 $(OPTIMISE) $(WARNINGS) $(if $(filter 0,$(openmp)),-Wno-unknown-pragmas,-fopenmp) \
              $(if $(asan),-fsanitize=address -fno-omit-frame-pointer) \
              $(if $(ubsan),-fsanitize=undefined -fno-sanitize-recover=all) \
              $(if $(tsan),-fsanitize=thread -fno-omit-frame-pointer) \
              $(if $(hard),-DLEXBENCH_HARD $(if $(findstring clang,$(COMPILER)),-ffp-exception-behavior=maytrap)) \
              $(CFLAGS)

# Matrix products: oneDNN where it is (x86-64), else CBLAS, else the plain loop.
ifneq ($(filter-out auto cblas plain,$(products)),)
$(error products=$(products): valid are auto, cblas and plain)
endif
ifeq ($(products),auto)
HAVE_ONEDNN := $(shell printf '$(HASH)include <dnnl.h>\n' | $(CC) -E - >/dev/null 2>&1 && echo yes)
endif
ifneq ($(products),plain)
HAVE_CBLAS  := $(shell printf '$(HASH)include <cblas.h>\n' | $(CC) -E - >/dev/null 2>&1 && echo yes)
endif
ifeq ($(HAVE_ONEDNN),yes)
CPPFLAGS_ALL += -DLEXBENCH_ONEDNN
PRODUCT_LIBS := -ldnnl
else ifeq ($(HAVE_CBLAS),yes)
CPPFLAGS_ALL += -DLEXBENCH_CBLAS
PRODUCT_LIBS := -lblas
else ifeq ($(products),cblas)
$(error products=cblas needs cblas.h and a BLAS, as in Debian's libopenblas-dev)
endif
MACHINE := $(shell $(CC) -dumpmachine | cut -d- -f1)
LIBS := $(PRODUCT_LIBS) $(shell pkg-config --libs $(HDF5_PACKAGE) 2>/dev/null) -lhdf5_hl -linih -lm

# A file of encoders/, of a kind's folder in datasets/, of suite/model/mixers/ and of suite/objectives/ is one of
# them.  What several share lies in shared/; positions*.c are the position maps; folders below a kind are parts of
# one dataset.
SHARED   := $(sort $(wildcard encoders/positions*.c encoders/shared/*.c datasets/shared/*.c datasets/*/*/*.c))
ENCODERS := $(sort $(filter-out $(SHARED),$(wildcard encoders/*.c))) $(EXTRA_ENCODERS)
DATASETS := $(sort $(filter-out $(SHARED),$(wildcard datasets/*/*.c))) $(EXTRA_DATASETS)
OBJECTIVES := $(sort $(filter-out suite/objectives/objective.c,$(wildcard suite/objectives/*.c)) $(EXTRA_OBJECTIVES))
MIXERS   := $(sort $(wildcard suite/model/mixers/*.c)) $(EXTRA_MIXERS)
VECTOR   := suite/kernels/vector.c
SHIPPED  := $(sort $(wildcard suite/experiments/*.ini))
SOURCES  := $(filter-out $(VECTOR),$(sort $(wildcard suite/*/*.c suite/*/*/*.c results/*/*.c))) $(SHARED) \
            $(ENCODERS) $(DATASETS) $(EXTRA_MIXERS) $(EXTRA_OBJECTIVES)
# One source, one object per instruction set; kernels/isa.c chooses at start.
ISAS     := plain $(if $(filter x86_64,$(MACHINE)),avx2 avx512)
FLAGS_avx2   := -mavx2 -mfma
FLAGS_avx512 := -mavx512f -mavx512vl -mavx512bw -mavx512dq -mavx2 -mfma -mprefer-vector-width=512
OBJECTS  := $(SOURCES:%.c=$(O)/%.o) $(O)/experiments.o $(ISAS:%=$(O)/suite/kernels/vector-%.o)
TESTS    := $(sort $(wildcard tests/*/*.c))
TEST_PROGRAMS := $(TESTS:%.c=$(O)/%)

.PHONY: all check check-all tests clean install uninstall
.DELETE_ON_ERROR:

# Whatever the compiler, the ordinary build is build/lexbench.
ifeq ($(precision)$(VARIATION),float)
all: $(BUILD)/lexbench
$(BUILD)/lexbench: $(O)/lexbench
	@ln -f $< $@ 2>/dev/null || cp $< $@
else
all: $(O)/lexbench
endif

$(O)/lexbench: $(O)/suite/main.o $(O)/liblexbench.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/liblexbench.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(O)/%.o: %.c | $(O)/encoders.def $(O)/datasets.def $(O)/mixers.def $(O)/objectives.def $(O)/build.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(ISAS:%=$(O)/suite/kernels/vector-%.o): $(O)/suite/kernels/vector-%.o: $(VECTOR)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(FLAGS_$*) -DVECTOR_ISA=$* -MMD -MP -c -o $@ $<

# The experiments that ship, compiled in.
$(O)/experiments.c: $(SHIPPED) scripts/embed.sh
	@mkdir -p $(O)
	sh scripts/embed.sh $(SHIPPED) >$@
$(O)/experiments.o: $(O)/experiments.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The registries: one X(symbol) per file, rewritten only when the list of files changes.
symbols = $(sort $(subst -,_,$(notdir $(1:.c=))))
define registry
	@mkdir -p $(O)
	@printf 'X(%s)\n' $(call symbols,$(1)) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
endef
$(O)/encoders.def: FORCE
	$(call registry,$(ENCODERS))
$(O)/datasets.def: FORCE
	$(call registry,$(DATASETS))
$(O)/objectives.def: FORCE
	$(call registry,$(OBJECTIVES))
$(O)/mixers.def: FORCE
	$(call registry,$(MIXERS))
# What the binary knows of its own making, for the manifest in every result.
$(O)/build.h: FORCE
	@mkdir -p $(O)
	@{ printf '#define BUILD_COMMIT "%s"\n' "$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)"; \
	   printf '#define BUILD_COMPILER "%s"\n' "$$($(CC) --version | head -n 1)"; \
	   printf '#define BUILD_FLAGS "%s"\n' "$(filter-out -W%,$(CFLAGS_ALL))"; } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:

$(O)/tests/%: tests/%.c tests/test.h $(O)/liblexbench.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-missing-prototypes -MMD -MP $(LDFLAGS) -o $@ $< $(O)/liblexbench.a -lcmocka $(LIBS)

tests: $(TEST_PROGRAMS)

check:
	@sh tests/run.sh

check-all:
	@sh tests/run.sh --all

# Manual and completion come from the program's own tables.  DESTDIR is for packagers: it stands before
# every path and in none of the files.
INSTALL     ?= install
BINDIR      ?= $(PREFIX)/bin
DATADIR     ?= $(PREFIX)/share
MANUAL      := $(DATADIR)/man/man1/lexbench.1
COMPLETION  := $(DATADIR)/bash-completion/completions/lexbench
EXPERIMENTS := $(DATADIR)/lexbench/experiments

$(O)/lexbench.1: $(O)/lexbench
	$< help --man >$@
$(O)/lexbench.bash: $(O)/lexbench
	$< help --completion >$@

install: $(O)/lexbench $(O)/lexbench.1 $(O)/lexbench.bash
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(dir $(MANUAL))' '$(DESTDIR)$(dir $(COMPLETION))' \
	    '$(DESTDIR)$(EXPERIMENTS)'
	$(INSTALL) -m 755 $(O)/lexbench '$(DESTDIR)$(BINDIR)/lexbench'
	$(INSTALL) -m 644 $(O)/lexbench.1 '$(DESTDIR)$(MANUAL)'
	$(INSTALL) -m 644 $(O)/lexbench.bash '$(DESTDIR)$(COMPLETION)'
	$(INSTALL) -m 644 $(SHIPPED) '$(DESTDIR)$(EXPERIMENTS)'

# Takes away what install puts there, by name, and folders only where nothing else is left in them.
uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/lexbench' '$(DESTDIR)$(MANUAL)' '$(DESTDIR)$(COMPLETION)'
	rm -f $(foreach file,$(notdir $(SHIPPED)),'$(DESTDIR)$(EXPERIMENTS)/$(file)')
	-rmdir '$(DESTDIR)$(EXPERIMENTS)' '$(DESTDIR)$(DATADIR)/lexbench' 2>/dev/null || true

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(O)/suite/main.d $(TEST_PROGRAMS:=.d)
