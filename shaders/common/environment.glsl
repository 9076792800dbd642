// Light from all around, looked up in the atlas that `taixu.render.environment` makes. All directions are unit vectors
// in the space of the sky (turned by `sky_from_world`); every lobe is normalised: even light comes back as it is, and the
// caller multiplies with what the surface reflects (directional albedo).
#include "common/math.glsl"
#include "common/octahedron.glsl"
#include "generated/environment.glsl"

vec3 environment_tile(sampler2D atlas, ivec3 tile, vec2 square) {
    vec2 texel = vec2(tile.xy) + 1.0 + square * float(tile.z);
    return textureLod(atlas, texel / vec2(textureSize(atlas, 0)), 0.0).rgb;
}

ivec3 environment_level_tile(sampler2D atlas, int level) {
    int x = ENVIRONMENT_MIRROR_X;
    return level == 0 ? ivec3(x, 0, textureSize(atlas, 0).x - x - 2) : ENVIRONMENT_TILES[level - 1];
}

// Which level has this roughness: a whole number below, and the share of the next level above it. Wide of their axis
// lobes grow as alpha squared, and so do the shares.
float environment_level(float roughness, out int lower) {
    float last = float(ENVIRONMENT_LEVELS - 1);
    float level = clamp(last + ENVIRONMENT_LEVEL_SLOPE * log2(max(roughness, 1e-3)), 0.0, last);
    if (roughness < ENVIRONMENT_LOWEST_ROUGHNESS) {
        lower = 0;
        return square(square(roughness / ENVIRONMENT_LOWEST_ROUGHNESS));
    }
    lower = min(int(level), ENVIRONMENT_LEVELS - 2);
    const float step = 4.0 / ENVIRONMENT_LEVEL_SLOPE;
    return (exp2((level - float(lower)) * step) - 1.0) / (exp2(step) - 1.0);
}

// The light around `d` as a lobe that is round about it: GGX of this perceptual roughness seen along its normal.
// For blurred backgrounds, and for what is refracted or let through towards `d`.
vec3 environment_reflection(sampler2D atlas, vec3 d, float roughness) {
    vec2 at = octahedron_from_direction(d);
    int lower;
    float share = environment_level(roughness, lower);
    vec3 sharper = environment_tile(atlas, environment_level_tile(atlas, lower), at);
    vec3 rougher = environment_tile(atlas, ENVIRONMENT_TILES[lower], at);
    return mix(sharper, rougher, share);
}

// A GGX lobe seen askew is long in the plane of incidence, narrow across it, and leans towards the normal. Two round
// lobes stand for it, a wide one for its tail and a narrow one; a fit to the integral under many skies, which halves the
// error of one lobe. Polynomials of third degree in roughness (0.1 to 1; lobes that are narrower keep the proportions)
// and of second in n.v. x, y: how far the lobes lean from the mirror's direction to the normal; z, w: their perceptual
// roughness. `share` is what the first one weighs.
vec4 environment_lean(float n_dot_v, float roughness, out float share) {
    float r = max(roughness, 0.1), m = clamp(n_dot_v, 0.03, 1.0);
    vec4 p0 = vec4(5.039, 0.029, 0.491, -2.563) + r * (vec4(6.595, 16.692, -5.141, 8.994)
        + r * (vec4(-26.773, -40.233, 26.530, -9.910) + r * vec4(16.206, 25.122, -2.219, 1.459)));
    vec4 p1 = vec4(-25.732, -15.321, -3.143, 0.273) + r * (vec4(51.938, 12.552, -16.517, -4.463)
        + r * (vec4(-15.759, 44.707, 21.639, -0.348) + r * vec4(-10.913, -42.533, -66.029, 9.630)));
    vec4 p2 = vec4(21.416, 12.465, 3.227, -1.034) + r * (vec4(-26.934, -14.721, 47.757, 18.096)
        + r * (vec4(-25.798, -31.368, -132.311, -47.134) + r * vec4(31.867, 31.702, 140.179, 28.411)));
    float w0 = -0.322 + r * (-0.298 + r * (0.417 + r * 1.100));
    float w1 = 2.297 + r * (-2.583 + r * (-1.702 + r * 0.888));
    float w2 = -1.969 + r * (-0.263 + r * (4.979 + r * -0.239));
    share = clamp(0.5 + w0 + m * (w1 + m * w2), 0.0, 1.0);
    vec4 fit = p0 + m * (p1 + m * p2);
    vec2 width = 1.0 + (1.0 - m * m) * fit.zw; // of alpha; seen along the normal the lobe is what the level holds
    return vec4(fit.xy * roughness * roughness, roughness * sqrt(clamp(width, 0.04, 1.6)));
}

// What a GGX surface of normal `n` sends towards `v`.
vec3 environment_reflection(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    vec3 mirror = reflect(-v, n);
    if (roughness < 0.03) return environment_reflection(atlas, mirror, roughness);
    float share;
    vec4 lean = environment_lean(dot(n, v), roughness, share);
    return mix(environment_reflection(atlas, normalize(mix(mirror, n, lean.y)), lean.w),
        environment_reflection(atlas, normalize(mix(mirror, n, lean.x)), lean.z), share);
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
