// Light from all around, looked up in the atlas that `taixu.render.environment` makes.
#include "common/octahedron.glsl"
#include "generated/environment.glsl"

vec3 environment_tile(sampler2D atlas, int level, vec2 square) {
    ivec3 tile = ENVIRONMENT_TILES[level];
    vec2 texel = vec2(tile.xy) + 1.0 + square * float(tile.z);
    return textureLod(atlas, texel / ENVIRONMENT_ATLAS, 0.0).rgb;
}

// What a mirror of this perceptual roughness sends back of the light around `d` (weighted by n.l, n = v).
vec3 environment_reflection(sampler2D atlas, vec3 d, float roughness) {
    vec2 square = octahedron_from_direction(d);
    float level = clamp(roughness, 0.0, 1.0) * float(ENVIRONMENT_LEVELS - 1);
    int lower = min(int(level), ENVIRONMENT_LEVELS - 2);
    return mix(environment_tile(atlas, lower, square), environment_tile(atlas, lower + 1, square), level - float(lower));
}

// What a white diffuse surface facing `n` sends back: irradiance / pi.
vec3 environment_irradiance(sampler2D atlas, vec3 n) {
    return environment_tile(atlas, ENVIRONMENT_IRRADIANCE, octahedron_from_direction(n));
}
