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

#ifdef AERIAL
// Light of which `covers` hides what is behind (premultiplied), through the atmosphere. What is left is kept of green; that of
// the other colours follows, as the same air lies before them all.
vec3 through_atmosphere(vec3 light, float covers, vec2 screen, float distance_m) {
    vec4 air = air_before(screen, distance_m, AERIAL_M, 0, AIR_SLICES);
    return light * pow(vec3(air.a), air_of.losses.rgb) + air.rgb * covers;
}
#endif
