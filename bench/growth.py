"""What `bench.py growth` draws: seconds against n, d and the number of probes, both axes logarithmic."""
import math

WIDE, HIGH, LEFT, TOP, PANEL, GAP, TALL = 980, 400, 62, 74, 262, 46, 250
OURS, PEER, INK, FAINT = "#0b5fa5", "#b3541e", "#222", "#d9d9d9"


def draw(panels, title, note):
    """Panels are (label of the axis, [(value, our seconds, the peer's seconds)])."""
    seconds = [s for _, points in panels for p in points for s in p[1:]]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    up = lambda s: TOP + TALL * (high - math.log10(s)) / (high - low)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" fill="%s">' % (WIDE, HIGH, WIDE, HIGH, INK),
           '<rect width="%d" height="%d" fill="#fff"/>' % (WIDE, HIGH),
           '<text x="%d" y="24" font-size="16" font-weight="bold">%s</text>' % (LEFT, title),
           '<text x="%d" y="44" fill="#555">%s</text>' % (LEFT, note)]
    for number, (label, points) in enumerate(panels):
        left = LEFT + number * (PANEL + GAP)
        first, last = math.log2(points[0][0]), math.log2(points[-1][0])
        across = lambda v: left + PANEL * (math.log2(v) - first) / (last - first)
        for decade in range(low, high + 1):
            y = up(10.0**decade)
            out.append('<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="%s"/>' % (left, y, left + PANEL, y, FAINT))
            if number == 0:
                out.append('<text x="%d" y="%.1f" text-anchor="end">%s s</text>' % (left - 8, y + 4, "%g" % 10.0**decade))
        for value, *_ in points:
            out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (across(value), TOP + TALL + 20, "{:,}".format(value)))
        out.append('<text x="%.1f" y="%d" text-anchor="middle" font-weight="bold">%s</text>' % (left + PANEL / 2, TOP + TALL + 44, label))
        for column, colour, name, mark in ((1, OURS, "Sonde", "circle"), (2, PEER, "scikit-learn", "square")):
            spots = [(across(p[0]), up(p[column])) for p in points]
            out.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (" ".join("%.1f,%.1f" % s for s in spots), colour))
            for x, y in spots:
                out.append('<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>' % (x, y, colour) if mark == "circle" else '<rect x="%.1f" y="%.1f" width="8" height="8" fill="%s"/>' % (x - 4, y - 4, colour))
            if number == 0:
                x, y = spots[len(spots) // 2]
                out.append('<text x="%.1f" y="%.1f" text-anchor="middle" fill="%s" font-weight="bold">%s</text>' % (x, y - 12, colour, name))
    return "\n".join(out + ["</svg>", ""])
