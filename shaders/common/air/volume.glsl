// What the air does to light on its way to the eye, kept in a grid of the view: across the picture, and by the square root of the
// distance. Its first slices are the atmosphere's, the rest those of fog with shafts. `taixu.render.air.volume` has it filled.
#include "generated/air.glsl"
layout(binding = TEXTURE_AIR) uniform sampler3D air_volume; // light that is sent on towards the eye, and what is left of light

// Of `count` slices from `first` on that reach `reach_m` far.
vec4 air_before(vec2 screen, float distance_m, float reach_m, int first, int count) {
    float at = sqrt(min(distance_m / reach_m, 1.0)) * float(count);
    vec4 found = textureLod(air_volume, vec3(screen, (float(first) - 0.5 + max(at, 1.0)) / float(AIR_SLICES + SHAFT_SLICES)), 0.0);
    return mix(vec4(0.0, 0.0, 0.0, 1.0), found, min(at * at, 1.0)); // less than a slice
}

#ifdef SHAFTS
// The same, smooth across columns, whose corners would be seen in narrow beams: cubic B-splines in four looks. Sigg and Hadwiger, "Fast
// Third-Order Texture Filtering", 2005.
vec4 shafts_before(vec2 screen, float distance_m) {
    vec2 size = vec2(textureSize(air_volume, 0).xy), p = screen * size - 0.5, f = fract(p), g = 1.0 - f;
    vec2 w0 = g * g * g / 6.0, w3 = f * f * f / 6.0, w1 = 2.0 / 3.0 - 0.5 * f * f * (2.0 - f), first = w0 + w1;
    vec2 a = (floor(p) - 0.5 + w1 / first) / size, b = (floor(p) + 1.5 + w3 / (1.0 - first)) / size;
    float reach = air_of.shafts.x;
    return mix(mix(air_before(b, distance_m, reach, AIR_SLICES, SHAFT_SLICES),
                   air_before(vec2(a.x, b.y), distance_m, reach, AIR_SLICES, SHAFT_SLICES), first.x),
               mix(air_before(vec2(b.x, a.y), distance_m, reach, AIR_SLICES, SHAFT_SLICES),
                   air_before(a, distance_m, reach, AIR_SLICES, SHAFT_SLICES), first.x), first.y);
}
#endif

#ifdef AERIAL
// Light of which `covers` hides what is behind (premultiplied), through the atmosphere. What is left is kept of green; that of
// the other colours follows, as the same air lies before them all.
vec3 through_atmosphere(vec3 light, float covers, vec2 screen, float distance_m) {
    vec4 air = air_before(screen, distance_m, AERIAL_M, 0, AIR_SLICES);
    return light * pow(vec3(air.a), air_of.losses.rgb) + air.rgb * covers;
}
#endif
