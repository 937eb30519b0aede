#!/bin/sh
# results.h5 in other people's programs: xarray with h5netcdf must give labelled arrays with every value
# that the store was given.  Prints a line for each check.  Runs from the root of the repository.
program=${1:-${LEXBENCH_TESTS:-build/float/tests}/results/results_file}
python=/usr/bin/python3

if ! "$python" -c 'import xarray, h5netcdf' 2>/dev/null; then
    echo "skip xarray: python3 with xarray and h5netcdf is not installed"
    exit 0
fi
if ! [ -x "$program" ]; then
    echo "not ok xarray: $program has not been built (make tests)"
    exit 1
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
if ! "$program" "$folder"; then
    echo "not ok xarray: $program could not write a results file"
    exit 1
fi

"$python" - "$folder" <<'EOF'
import math, sys, traceback
import xarray

folder = sys.argv[1]
path = folder + "/results.h5"
lines = [line.rstrip("\n").split("\t") for line in open(folder + "/listing.tsv", encoding="utf-8")]
rows = {kind: [line[1:] for line in lines if line[0] == kind] for kind in {line[0] for line in lines}}
C = ("variant", "dataset", "configuration", "seed", "fold", "protocol", "length")
opened = lambda group=None: xarray.open_dataset(path, engine="h5netcdf", group=group)
root, measured = opened(), opened("measured")


def place(row):
    return dict(zip(C, [row[0], row[1], row[2], int(row[3]), int(row[4]), row[5], int(row[6])]))


def same(found, wanted, what):
    if isinstance(wanted, float):
        good = found == wanted or math.isnan(found) and math.isnan(wanted)
    else:
        good = found == wanted
    assert good, "%s is %r, not %r" % (what, found, wanted)


def root_cells():
    assert root.nll.dims == C, root.nll.dims
    assert len(rows["cell"]) == root.nll.size, "%d cells, %d values" % (len(rows["cell"]), root.nll.size)
    for row in rows["cell"]:
        at = place(row)
        for name, text in zip(("nll", "accuracy", "exact_match"), row[7:10]):
            same(float(root[name].sel(at)), float(text), "%s at %s" % (name, at))
        same(int(root.status.sel(at)), int(row[10]), "status at %s" % at)
        same(root.reason.sel(at).item(), row[11], "reason at %s" % at)
        same(float(root.exact_match_forced.sel(at)), float(row[16]), "exact_match_forced at %s" % at)
        same(root.training_id.sel({k: at[k] for k in C[:5]}).item(), row[17], "training_id at %s" % at)
        if int(row[10]) == 1:
            scored = {k: at[k] for k in ("dataset", "configuration", "fold", "protocol", "length")}
            same(int(root.scored_tokens.sel(scored)), int(row[12]), "scored_tokens at %s" % at)
            same(root.scored_sha256.sel(scored).item(), row[13], "scored_sha256 at %s" % at)
            same(float(root.floor.sel(scored)), float(row[14]), "floor at %s" % at)
            same(int(root.left_out.sel(scored)), int(row[15]), "left_out at %s" % at)


def labels():
    columns = {"variant": ("encoder", "positions", "trained_as", "evaluation_only"),
               "dataset": ("dataset_version", "input_sha256", "chance", "begin_token"),
               "configuration": ("layers", "heads", "width", "training_length"),
               "protocol": ("kind", "targets", "stride")}
    for dimension, names in columns.items():
        assert list(root[dimension].values) == [row[0] for row in rows[dimension]], dimension
        for row in rows[dimension]:
            for name, text in zip(names, row[1:]):
                assert name in root.nll.coords, "%s is no coordinate of nll" % name
                value = root[name].sel({dimension: row[0]}).item()
                same(value, type(value)(text), "%s of %s" % (name, row[0]))


def budgets():
    for row in rows["budget"]:
        at = dict(zip(C[:3], row))
        for name, text in zip(("steps", "parameters"), row[3:]):
            assert name in root.nll.coords, "%s is no coordinate of nll" % name
            same(int(root[name].sel(at)), int(text), "%s at %s" % (name, at))


def items():
    found = 0
    for row in rows["cell"]:
        pairs = [text.split(":") for text in row[21:]]
        if not pairs:
            continue
        at = place(row)
        group = opened("items/%s/%s/%d" % (at["dataset"], at["protocol"], at["length"]))
        assert group.score.dims == ("variant", "configuration", "seed", "fold", "item"), group.score.dims
        # Groups share the dimensions of the root; their labels are in the root.
        index = {k: list(root[k].values).index(at[k]) for k in group.score.dims[:4]}
        keys = group.item_key.isel({k: index[k] for k in ("configuration", "fold")}).values
        assert [key for key in keys if key >= 0] == [int(key) for key, _ in pairs], at
        scores = group.score.isel(index).values
        for value, (_, text) in zip(scores, pairs):
            same(float("%.9g" % value), float(text), "item at %s" % at)
        assert all(math.isnan(value) for value in scores[len(pairs):]), at
        found += 1
    assert found > 0


def arrays():
    places = ("variant", "dataset", "configuration", "seed", "fold", "length")
    own = {"position_nll": places + ("position_bin",), "retrieval": places + ("depth",),
           "position_floor": ("dataset", "configuration", "fold", "length", "position_bin")}
    numbers = {name: 0 for name in own}
    for name, dimensions in own.items():
        assert root[name].dims == dimensions, root[name].dims
    for row in rows["array"]:
        name, at = row[0], dict(zip(places, row[1:4] + [int(x) for x in row[4:7]]))
        values = root[name].sel({k: at[k] for k in own[name][:-1]}).values
        assert len(values) == len(row) - 7, "%s has %d elements" % (name, len(values))
        for value, text in zip(values, row[7:]):
            same(float(value), float(text), "%s at %s" % (name, at))
            numbers[name] += not math.isnan(value)
    for name in ("position_nll", "retrieval"):
        same(int(root[name].notnull().sum()), numbers[name], "the count of numbers in " + name)
    assert list(root.depth.values) == [0, 0.5, 1], root.depth.values
    assert list(root.first.values[:10]) == [1, 2, 2, 2, 2, 3, 3, 4, 4, 5], root.first.values
    assert list(root.end.values[:-1]) == list(root.first.values[1:])
    assert root.end.values[-1] == 2**63 - 1
    for bin, (first, end) in enumerate(zip(root.first.values[:-1], root.end.values[:-1])):
        whole = [p for p in range(max(1, first - 2), end + 3) if 2 ** bin <= p**4 < 2 ** (bin + 1)]
        assert whole == list(range(first, end)), bin
    assert {"first", "end"} <= set(root.position_nll.coords)


def refused_items():
    text = rows["variant"][1][0]
    group = opened("items/text/nonoverlap/128")
    refused = group.score.isel(variant=1, seed=0, configuration=0, fold=0).values
    assert all(math.isnan(x) for x in refused), "%s refused, its items are %s" % (text, refused)


def measured_group():
    assert measured.tokens_per_second.dims == C
    labelled = measured.assign_coords({k: root[k] for k in C})
    for row in rows["cell"]:
        at = place(row)
        for name, text in zip(("tokens_per_second", "peak_memory", "evaluation_wall_time"), row[18:21]):
            same(float(labelled[name].sel(at)), float(text), "%s at %s" % (name, at))
    for row in rows["training"]:
        one = measured.sel(training=row[0])
        same(float(one.training_wall_time), float(row[1]), "training_wall_time")
        same(one.host.item(), row[2], "host")
        same(int(one.threads), int(row[3]), "threads")


def trials():
    for row in rows["training"]:
        trial = opened("trials/" + row[0])
        same(trial.manifest.item(), row[4], "manifest")
        points = [text.split(":") for text in row[5:]]
        assert list(trial.curve_step.values) == [int(p[0]) for p in points]
        assert list(trial.curve_loss.values) == [float(p[1]) for p in points]
        assert list(trial.curve_rate.values) == [float(p[2]) for p in points]


def attributes():
    for name in ("title", "source", "lexbench_version", "instruction_set"):
        assert isinstance(root.attrs[name], str), name
    same(root.attrs["Conventions"], "CF-1.10", "Conventions")
    same(int(root.attrs["schema_version"]), 3, "schema_version")
    same(int(root.attrs["numerics_revision"]), 1, "numerics_revision")
    same(root.nll.attrs["units"], "nat", "units of nll")
    assert root.status.attrs["flag_meanings"].split()[2] == "refused"
    assert list(root.status.attrs["flag_values"]) == [0, 1, 2, 3, 4]


failed = False
for check in (root_cells, labels, budgets, items, arrays, refused_items, measured_group, trials, attributes):
    try:
        check()
        print("ok xarray-" + check.__name__.replace("_", "-"))
    except Exception as problem:
        failed = True
        why = str(problem) or traceback.format_exc().splitlines()[-2].strip()
        print("not ok xarray-%s: %s: %s" % (check.__name__.replace("_", "-"), type(problem).__name__,
                                            why.replace("\n", " ")))
sys.exit(failed)
EOF
