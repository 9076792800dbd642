// Light from all around, looked up in the atlas that `taixu.render.environment` makes. All directions are unit vectors
// in the space of the sky (turned by `sky_from_world`); every lobe is normalised: even light comes back as it is, and the
// caller multiplies with what the surface reflects (directional albedo).
#include "common/octahedron.glsl"
#include "generated/environment.glsl"

vec3 environment_tile(sampler2D atlas, int level, vec2 square) {
    ivec3 tile = ENVIRONMENT_TILES[level];
    vec2 texel = vec2(tile.xy) + 1.0 + square * float(tile.z);
    return textureLod(atlas, texel / ENVIRONMENT_ATLAS, 0.0).rgb;
}

// The light around `d` as a lobe that is round about it: GGX of this perceptual roughness seen along its normal.
// For blurred backgrounds, and for what is refracted or let through towards `d`.
vec3 environment_reflection(sampler2D atlas, vec3 d, float roughness) {
    vec2 square = octahedron_from_direction(d);
    float level = clamp(roughness, 0.0, 1.0) * float(ENVIRONMENT_LEVELS - 1);
    int lower = min(int(level), ENVIRONMENT_LEVELS - 2);
    return mix(environment_tile(atlas, lower, square), environment_tile(atlas, lower + 1, square), level - float(lower));
}

// What a GGX surface of normal `n` sends towards `v`.
vec3 environment_reflection(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    return environment_reflection(atlas, normalize(mix(reflect(-v, n), n, roughness * roughness)), roughness);
}

// The same of an anisotropic surface: `t` unit tangent, `alpha` along it and across it (squares of roughness).
vec3 environment_anisotropic(sampler2D atlas, vec3 n, vec3 v, vec3 t, vec2 alpha) {
    return environment_reflection(atlas, n, v, sqrt(sqrt(alpha.x * alpha.y)));
}

// What a GGX surface of normal `n` lets through towards `v` without bending it (thin walls): the reflection's lobe,
// mirrored to the side behind.
vec3 environment_transmission(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    return environment_reflection(atlas, -n, v - 2.0 * dot(n, v) * n, roughness);
}

// What a white diffuse surface facing `n` sends back: irradiance / pi. Of the side behind: with -n.
vec3 environment_irradiance(sampler2D atlas, vec3 n) {
    return environment_tile(atlas, ENVIRONMENT_IRRADIANCE, octahedron_from_direction(n));
}

// What cloth of normal `n` (Charlie, this perceptual sheen roughness) sends towards `v`.
vec3 environment_sheen(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    return environment_irradiance(atlas, n);
}
