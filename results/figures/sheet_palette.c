/* sheet_palette.c -- the colours of maps: viridis (van der Walt and Smith 2015), in nine of its colours.  Its
 * lightness grows evenly with the value, so that it can be read in grey and by the colour-blind. */
#include <math.h>

#include "results/figures/sheet.h"

enum { STOPS = 9 };

static const struct stop {
    double place;
    unsigned red, green, blue;
} stops[STOPS] = {{0, 0x44, 0x01, 0x54},    {0.13, 0x47, 0x2d, 0x7b}, {0.25, 0x3b, 0x52, 0x8b},
                  {0.38, 0x2c, 0x72, 0x8e}, {0.5, 0x21, 0x91, 0x8c},  {0.63, 0x28, 0xae, 0x80},
                  {0.75, 0x5e, 0xc9, 0x62}, {0.88, 0xad, 0xdc, 0x30}, {1, 0xfd, 0xe7, 0x25}};

void sheet_palette(struct text *out)
{
    text_append(out, "set palette maxcolors 256 defined (");
    for (size_t i = 0; i < STOPS; i++)
        text_append(out, "%s%g '#%02x%02x%02x'", i > 0 ? ", " : "", stops[i].place, stops[i].red,
                    stops[i].green, stops[i].blue);
    text_append(out, ")\n");
}

/* Of sRGB, as in WCAG 2.1, "relative luminance". */
static double linear(double channel)
{
    channel /= 255;
    return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

/* WCAG 2.1, "contrast ratio": (L + 0.05) / 0.05 to black, 1.05 / (L + 0.05) to white. */
bool sheet_palette_light(double place)
{
    size_t i = 1;
    while (i + 1 < STOPS && place > stops[i].place)
        i++;
    const struct stop *a = &stops[i - 1], *b = &stops[i];
    const double share = fmin(fmax((place - a->place) / (b->place - a->place), 0), 1);
    const double luminance = 0.2126 * linear(a->red + share * ((double)b->red - a->red)) +
                             0.7152 * linear(a->green + share * ((double)b->green - a->green)) +
                             0.0722 * linear(a->blue + share * ((double)b->blue - a->blue));
    return (luminance + 0.05) * (luminance + 0.05) > 1.05 * 0.05;
}
