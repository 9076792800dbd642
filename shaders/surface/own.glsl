// What a surface's own file can use: `Fragment` and `SurfaceInputs`, its parameters and textures (declared after this, from
// the class), time, and light where it answers light in a way of its own.
//
// A file that says `#define LIGHT_MODEL` brings two functions that lighting calls in place of the standard ones:
//     vec3 light_from_surroundings(Fragment f, SurfaceInputs s, float open);    // all that is not from lamps, emission too
//     vec3 light_from_lamp(Fragment f, SurfaceInputs s, vec3 to_light, vec3 irradiance, float shadow);
// One that asks for the sky and is lit in the standard way says `#define USES_SKY`.
#include "generated/frame.glsl"
#include "surface/textures.glsl"
#include "surface/alpha_modes.glsl"

#ifndef STAGE_VERTEX
// Light from the whole sky on a white surface of this normal: what it sends back.
vec3 sky_light(vec3 normal);
// What a mirror of this perceptual roughness shows of the sky.
vec3 sky_mirror(vec3 normal, vec3 view, float roughness);
#endif
