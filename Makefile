# make                  build/lexbench
# make check            all tests (tests/run.sh counts them)
# make precision=double the build in which gradients are checked against central differences
# make openmp=0         without threads       make asan=1 | ubsan=1   with sanitizers

CC      ?= gcc
PREFIX  ?= /usr/local
precision ?= float
openmp  ?= 1
EXTRA_ENCODERS ?=
EXTRA_DATASETS ?=

# -------------------------------------------------------------------------------------------------
ifeq ($(origin CC),default)
CC := gcc
endif
SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules
VERSION := 0.1.0

# One folder of objects per kind of build, so that they never mix.
KIND := $(precision)$(if $(filter 0,$(openmp)),-serial)$(if $(asan),-asan)$(if $(ubsan),-ubsan)
O := build/$(KIND)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
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
              $(if $(ubsan),-fsanitize=undefined -fno-sanitize-recover=all) $(CFLAGS)

# Matrix products: oneDNN where it is (x86-64), else CBLAS, else the plain loop.
HAVE_ONEDNN := $(shell printf '\#include <dnnl.h>\n' | $(CC) -E - >/dev/null 2>&1 && echo yes)
HAVE_CBLAS  := $(shell printf '\#include <cblas.h>\n' | $(CC) -E - >/dev/null 2>&1 && echo yes)
ifeq ($(HAVE_ONEDNN),yes)
CPPFLAGS_ALL += -DLEXBENCH_ONEDNN
PRODUCT_LIBS := -ldnnl
else ifeq ($(HAVE_CBLAS),yes)
CPPFLAGS_ALL += -DLEXBENCH_CBLAS
PRODUCT_LIBS := -lblas
endif
MACHINE := $(shell $(CC) -dumpmachine | cut -d- -f1)
VECTOR_LIBS := $(if $(filter x86_64,$(MACHINE)),-lmvec)
LIBS := $(PRODUCT_LIBS) $(shell pkg-config --libs $(HDF5_PACKAGE) 2>/dev/null) -lhdf5_hl -linih $(VECTOR_LIBS) -lm

ENCODERS := $(sort $(filter-out encoders/positions.c,$(wildcard encoders/*.c))) $(EXTRA_ENCODERS)
DATASETS := $(sort $(wildcard datasets/*.c)) $(EXTRA_DATASETS)
VECTOR   := suite/kernels/vector.c
SHIPPED  := $(sort $(wildcard suite/experiments/*.ini))
SOURCES  := $(filter-out $(VECTOR),$(sort $(wildcard suite/*/*.c))) encoders/positions.c \
            $(ENCODERS) $(DATASETS) $(sort $(wildcard results/*.c))
# One source, one object per instruction set; kernels/isa.c chooses at start.
ISAS     := plain $(if $(filter x86_64,$(MACHINE)),avx2 avx512)
FLAGS_avx2   := -mavx2 -mfma
FLAGS_avx512 := -mavx512f -mavx512vl -mavx512bw -mavx512dq -mavx2 -mfma -mprefer-vector-width=512
OBJECTS  := $(SOURCES:%.c=$(O)/%.o) $(O)/experiments.o $(ISAS:%=$(O)/suite/kernels/vector-%.o)
TESTS    := $(sort $(wildcard tests/*/*.c))
TEST_PROGRAMS := $(TESTS:%.c=$(O)/%)

.PHONY: all check check-all tests clean install
.DELETE_ON_ERROR:

ifeq ($(KIND),float)
all: build/lexbench
build/lexbench: $(O)/lexbench
	@ln -f $< $@ 2>/dev/null || cp $< $@
else
all: $(O)/lexbench
endif

$(O)/lexbench: $(O)/suite/main.o $(O)/liblexbench.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/liblexbench.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(O)/%.o: %.c | $(O)/encoders.def $(O)/datasets.def $(O)/build.h
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
symbols = $(subst -,_,$(notdir $(1:.c=)))
define registry
	@mkdir -p $(O)
	@printf 'X(%s)\n' $(call symbols,$(1)) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
endef
$(O)/encoders.def: FORCE
	$(call registry,$(ENCODERS))
$(O)/datasets.def: FORCE
	$(call registry,$(DATASETS))
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

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(O)/suite/main.d $(TEST_PROGRAMS:=.d)
