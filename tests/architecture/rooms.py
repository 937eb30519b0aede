"""rooms.py -- who includes whom, and who calls whom, against the map of suite/README.md.

rooms.py includes MAP ROOT     every #include of the sources under ROOT, against the table of rooms in the file MAP
rooms.py circles OBJECTS       files that need each other's symbols, over all object files under OBJECTS
rooms.py table ROOT            the table as the includes are now, for whoever changes the map

A room is a folder of sources; files below a folder of the table belong to the room with the longest name that fits.
Prints a sentence for each fault; the exit status is 1 when there is one.
"""
import pathlib
import re
import subprocess
import sys

TOP = ("suite", "encoders", "datasets", "results")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
GENERATED = ("build.h", "encoders.def", "datasets.def", "mixers.def", "objectives.def")


def rooms_of(map_file):
    """{room: rooms it may include}, from the fenced block of the map whose first line begins with `room`."""
    text = pathlib.Path(map_file).read_text(encoding="utf-8")
    block = re.search(r"^```\nroom\b[^\n]*\n(.*?)^```", text, re.M | re.S)
    if not block:
        sys.exit(f"{map_file}: no table of rooms: a fenced block whose first line begins with `room`")
    rooms = {}
    for line in block.group(1).splitlines():
        name, *allowed = line.replace(",", " ").split()
        rooms[name] = {other for other in allowed if other != "-"}
    unknown = {other for allowed in rooms.values() for other in allowed} - set(rooms)
    if unknown:
        sys.exit(f"{map_file}: the table allows rooms that it does not list: {', '.join(sorted(unknown))}")
    return rooms


def sources(root):
    return sorted(path.relative_to(root) for top in TOP for path in (root / top).rglob("*.[ch]"))


def path_of(include, root, by):
    """The file that an #include means: beside who includes, from the top, or from suite/."""
    for candidate in (by.parent / include, pathlib.Path(include), pathlib.Path("suite") / include):
        if (root / candidate).is_file():
            return candidate
    return None


def room_of(path, rooms):
    for folder in path.parents:
        name = folder.as_posix()
        for candidate in (name, name.removeprefix("suite/")):
            if candidate in rooms:
                return candidate
    return None


def includes(root):
    for path in sources(root):
        for include in INCLUDE.findall((root / path).read_text(encoding="utf-8")):
            if include not in GENERATED:
                yield path, include, path_of(include, root, path)


def components(arrows):
    """Strongly connected sets of two and more of {node: nodes} (Tarjan 1972, without recursion)."""
    index, low, stack, on, found, count = {}, {}, [], set(), [], 0
    for start in sorted(arrows):
        if start in index:
            continue
        work = [(start, iter(sorted(arrows[start])))]
        index[start] = low[start] = count
        count += 1
        stack.append(start)
        on.add(start)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = count
                    count += 1
                    stack.append(other)
                    on.add(other)
                    work.append((other, iter(sorted(arrows.get(other, ())))))
                    break
                if other in on:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        on.discard(members[-1])
                    if len(members) > 1:
                        found.append(sorted(members))
    return found


def check_includes(map_file, root):
    rooms, faults, arrows = rooms_of(map_file), [], {}
    for path, include, target in includes(root):
        if target is None:
            faults.append(f'{path}: "{include}" is no file of the tree')
            continue
        arrows.setdefault(str(path), set()).add(str(target))
        room, other = room_of(path, rooms), room_of(target, rooms)
        if room is None or other is None:
            if path.parent.as_posix() != "suite":
                faults.append(f"{path if room is None else target} lies in no room of {map_file}")
        elif room != other and other not in rooms[room]:
            faults.append(f"{path} includes {target}: {room} may not include {other}")
    for circle in components({room: allowed - {room} for room, allowed in rooms.items()}):
        faults.append(f"the map itself goes in a circle: {', '.join(circle)}")
    for circle in components(arrows):
        faults.append(f"files that include each other: {', '.join(circle)}")
    return sorted(set(faults))


def symbols(root):
    """({symbol: object}, {object: symbols it needs}); a source compiled for several instruction sets counts once."""
    owner, needs = {}, {}
    for path in sorted(root.rglob("*.o")):
        name = path.relative_to(root).as_posix()
        if name.startswith("tests/"):
            continue
        listing = subprocess.run(["nm", "-P", str(path)], check=True, capture_output=True, text=True).stdout
        for line in listing.splitlines():
            symbol, kind = line.split()[:2]
            if kind == "U":
                needs.setdefault(name, set()).add(symbol)
            elif kind in "TDBRC":
                owner[symbol] = name
    return owner, needs


def check_circles(root):
    owner, needs = symbols(root)
    if not owner:
        sys.exit(f"{root}: no object files")
    arrows = {name: {owner[s] for s in wanted if s in owner} - {name} for name, wanted in needs.items()}
    faults = []
    for circle in components(arrows):
        calls = [f"{name} needs {symbol} of {owner[symbol]}" for name in circle
                 for symbol in sorted(needs[name]) if owner.get(symbol) in circle and owner[symbol] != name]
        faults.append(f"files that need each other: {', '.join(circle)}\n  " + "\n  ".join(calls))
    return faults


def table(root):
    named = {}
    for path, _, target in includes(root):
        room = path.parent.as_posix().removeprefix("suite/")
        other = target.parent.as_posix().removeprefix("suite/") if target else "?"
        named.setdefault(room, set()).add(other)
    return [f"{room:22} {', '.join(sorted(others - {room})) or '-'}" for room, others in sorted(named.items())]


def main():
    command, *arguments = sys.argv[1:]
    if command == "includes":
        faults = check_includes(arguments[0], pathlib.Path(arguments[1]))
    elif command == "circles":
        faults = check_circles(pathlib.Path(arguments[0]))
    else:
        print("\n".join(table(pathlib.Path(arguments[0]))))
        return 0
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
