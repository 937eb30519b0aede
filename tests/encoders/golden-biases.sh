#!/bin/sh
# golden-biases.txt is what golden-biases.py prints.  Runs from the root of the repository.
folder=tests/encoders
if ! python3 -c '' 2>/dev/null; then
    echo "skip golden-biases: python3 is not installed"
    exit 0
fi
if python3 $folder/golden-biases.py | cmp -s - $folder/golden-biases.txt; then
    echo "ok golden-biases"
else
    echo "not ok golden-biases: golden-biases.txt is not what golden-biases.py prints; its head says how to make it"
    exit 1
fi
