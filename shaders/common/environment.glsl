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

// A GGX lobe seen askew is long in the plane of incidence, narrow across it and leans towards the normal. Two round
// lobes that share it come nearest when they stand so: x, y how far they lean from the mirror's direction to the normal,
// z, w their perceptual roughness. A fit that minimises the squared difference of the lobes over the sphere, degree l
// weighted by (1 + l/6)^-2 as skies have it, for roughness 0.25 to 1; narrower lobes keep the proportions.
vec4 environment_lean(float n_dot_v, float roughness) {
    float r = max(roughness, 0.25), m = n_dot_v;
    vec4 p0 = vec4(3.8375, -1.2284, -0.2512, -0.9322) + r * (vec4(-6.6217, 13.5513, 4.4232, 7.0541)
        + r * (vec4(10.1071, -23.7805, -4.5644, -12.6301) + r * vec4(-5.4246, 12.1526, 1.4731, 7.5765)));
    vec4 p1 = vec4(-10.8031, -5.5724, 4.0523, 3.8949) + r * (vec4(20.4203, -11.3189, -28.0001, -18.0569)
        + r * (vec4(-8.0477, 47.2807, 46.1885, 25.2960) + r * vec4(-4.6201, -29.8489, -22.1149, -11.0725)));
    vec4 p2 = vec4(10.7868, 7.7597, -2.7657, -2.6631) + r * (vec4(-29.4165, -11.7878, 23.6422, 16.0409)
        + r * (vec4(29.1443, -10.3387, -40.8685, -23.4412) + r * vec4(-8.1829, 14.1297, 19.7774, 10.0344)));
    vec4 fit = p0 + m * (p1 + m * p2);
    return vec4(fit.xy * roughness * roughness, roughness * sqrt(clamp(fit.zw, 0.04, 1.1)));
}

// What a GGX surface of normal `n` sends towards `v`.
vec3 environment_reflection(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    vec3 mirror = reflect(-v, n);
    if (roughness < 0.03) return environment_reflection(atlas, mirror, roughness);
    vec4 lean = environment_lean(clamp(dot(n, v), 0.03, 1.0), roughness);
    return 0.5 * (environment_reflection(atlas, normalize(mix(mirror, n, lean.x)), lean.z)
        + environment_reflection(atlas, normalize(mix(mirror, n, lean.y)), lean.w));
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
