// Light from all around, looked up in the atlas that `taixu.render.environment` makes. All directions are unit vectors
// in the space of the sky (turned by `sky_from_world`); every lobe is normalised: even light comes back as it is, and the
// caller multiplies with what the surface reflects (directional albedo).
#include "common/math.glsl"
#include "common/octahedron.glsl"
#include "generated/environment.glsl"

// Looks along a brush: for each time that its lobe is longer than wide, and at most. Where rays are compared with what the
// looks find, they must find the integral.
#ifdef TRACED
const vec2 ENVIRONMENT_ANISOTROPIC_TAPS = vec2(6.0, 48.0);
#else
const vec2 ENVIRONMENT_ANISOTROPIC_TAPS = vec2(1.7, 12.0);
#endif

vec3 environment_tile(sampler2D atlas, ivec3 tile, vec2 square) {
    vec2 texel = vec2(tile.xy) + 1.0 + square * float(tile.z);
    return textureLod(atlas, texel * (1.0 / vec2(textureSize(atlas, 0))), 0.0).rgb;
}

// The light around `d` as a lobe that is round about it: GGX of this alpha (squared roughness) seen along its normal.
// Shares between two levels are those nearest to the integral under many skies.
vec3 environment_lobe(sampler2D atlas, vec3 d, float alpha) {
    const float sharpest = ENVIRONMENT_LOWEST_ROUGHNESS * ENVIRONMENT_LOWEST_ROUGHNESS;
    float last = float(ENVIRONMENT_LEVELS - 1);
    float level = clamp(last + 0.5 * ENVIRONMENT_LEVEL_SLOPE * log2(alpha), 0.0, last);
    int lower = min(int(level), ENVIRONMENT_LEVELS - 2);
    float f = level - float(lower);
    float share = f * (0.836 + 0.164 * f);
    ivec3 sharp = ENVIRONMENT_TILES[max(lower - 1, 0)];
    if (alpha < sharpest) {
        lower = 0;
        share = square(alpha / sharpest);
        int x = ENVIRONMENT_MIRROR_X;
        sharp = ivec3(x, 0, textureSize(atlas, 0).x - x - 2);
    }
    vec2 at = octahedron_from_direction(d);
    return mix(environment_tile(atlas, sharp, at), environment_tile(atlas, ENVIRONMENT_TILES[lower], at), share);
}

// The same by perceptual roughness. For blurred backgrounds, and for what is refracted or let through towards `d`.
vec3 environment_reflection(sampler2D atlas, vec3 d, float roughness) {
    return environment_lobe(atlas, d, roughness * roughness);
}

// A GGX lobe seen askew is long in the plane of incidence, narrow across it, and leans towards the normal. Two round
// lobes stand for it, a wide one for its tail and a narrow one; a fit to the integral under many skies (`tests/fits`), which
// halves the error of one lobe. Polynomials of third degree in roughness (0.1 to 1; lobes that are narrower keep the proportions)
// and of second in n.v. x, y: how far the lobes lean from the mirror's direction to the normal; z, w: their alpha.
// `share` is what the first one weighs.
vec4 environment_lean(float n_dot_v, float roughness, out float share) {
    float r = max(roughness, 0.1), m = clamp(n_dot_v, 0.03, 1.0);
    vec4 p0 = vec4(5.042, -0.030, 0.652, -2.582) + r * (vec4(6.584, 16.841, -5.398, 8.873)
        + r * (vec4(-26.779, -40.196, 25.539, -9.984) + r * vec4(16.217, 25.002, -0.926, 1.703)));
    vec4 p1 = vec4(-25.661, -15.466, -3.336, 0.592) + r * (vec4(51.883, 12.699, -17.148, -4.543)
        + r * (vec4(-15.778, 44.820, 22.257, -0.485) + r * vec4(-10.906, -43.188, -64.050, 9.310)));
    vec4 p2 = vec4(21.419, 12.661, 3.151, -1.387) + r * (vec4(-26.970, -14.895, 48.177, 17.851)
        + r * (vec4(-25.768, -31.523, -131.923, -46.662) + r * vec4(31.900, 32.443, 137.810, 29.009)));
    float w0 = -0.354 + r * (-0.258 + r * (0.481 + r * 1.060));
    float w1 = 2.321 + r * (-2.598 + r * (-1.686 + r * 0.784));
    float w2 = -2.000 + r * (-0.240 + r * (5.093 + r * -0.380));
    share = clamp(0.5 + w0 + m * (w1 + m * w2), 0.0, 1.0);
    vec4 fit = p0 + m * (p1 + m * p2);
    vec2 width = 1.0 + (1.0 - m * m) * fit.zw; // of alpha; seen along the normal the lobe is what the level holds
    return vec4(fit.xy, clamp(width, 0.04, 1.6)) * (roughness * roughness);
}

// What a GGX surface of normal `n` sends towards `v`.
vec3 environment_reflection(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    vec3 mirror = reflect(-v, n);
#ifdef LEAN // one round lobe, as long as it is seen along the normal
    float alpha = roughness * roughness;
    return environment_lobe(atlas, mix(mirror, n, alpha * alpha), alpha);
#endif
    float share;
    vec4 lean = environment_lean(dot(n, v), roughness, share);
    return mix(environment_lobe(atlas, mix(mirror, n, lean.y), lean.w),
        environment_lobe(atlas, mix(mirror, n, lean.x), lean.z), share);
}

// The same of an anisotropic surface: `t` unit tangent, `alpha` along it and across it (squares of roughness), with the
// larger along. Facets tilted along the tangent, at even shares of the slopes there, are seen as small round surfaces
// that are as rough as it takes to meet each other; each weighs as much as the eye sees of it and light reaches it. The
// numbers are a fit to the integral: `tests/fits`.
vec3 environment_anisotropic(sampler2D atlas, vec3 n, vec3 v, vec3 t, vec2 alpha) {
    vec3 b = cross(n, t);
    vec2 seen = vec2(dot(v, t), max(dot(v, n), 1e-3));
    float hidden_view = length(vec3(alpha.x * seen.x, alpha.y * dot(v, b), seen.y)) / seen.y;
    float stretch = sqrt(max(square(alpha.x) - 1.2 * square(alpha.y), 0.0));
    int taps = int(clamp(ceil(ENVIRONMENT_ANISOTROPIC_TAPS.x * alpha.x / alpha.y), 3.0, ENVIRONMENT_ANISOTROPIC_TAPS.y));
    float share = 1.0 / float(taps);
    float middle = length(vec2(0.82 * alpha.y, 0.95 * stretch * share)); // alpha of a facet that is not tilted
    float rest;
    vec4 lean = environment_lean(seen.y, sqrt(middle), rest);
    vec2 lobe = vec2(mix(lean.y, lean.x, rest), mix(lean.w, lean.z, rest)) / middle; // the two as one
    vec3 sum = vec3(0.0);
    float weight = 0.0;
    for (int i = 0; i < taps; ++i) {
        float u = (2.0 * float(i) + 1.0) * share - 1.0;
        float q = u * inversesqrt(1.0 - u * u); // slopes of GGX along one axis: P(q) ~ (1 + q^2)^(-3/2)
        float slope = 1.1 * q * stretch;
        vec3 h = normalize(n + slope * t);
        float v_dot_h = dot(v, h);
        vec3 l = 2.0 * v_dot_h * h - v;
        float n_dot_l = dot(n, l);
        float hidden_light = length(vec3(alpha.x * dot(l, t), alpha.y * dot(l, b), n_dot_l)) / max(n_dot_l, 1e-3);
        float w = max(seen.y + seen.x * slope, 0.0) / (1.0 + hidden_view + hidden_light);
        w *= smoothstep(-0.1, 0.1, n_dot_l) * step(0.0, v_dot_h);
        float flatter = 1.0 / (1.0 + slope * slope), wider = 1.0 + q * q;
        float across = 0.82 * alpha.y * sqrt(wider * flatter) * mix(1.0, v_dot_h, 0.37);
        float between = 0.95 * stretch * wider * sqrt(wider) * flatter * share;
        float wide = sqrt(across * across + between * between);
        sum += w * environment_lobe(atlas, mix(l, h, min(lobe.x * wide, 1.0)), lobe.y * wide);
        weight += w;
    }
    return sum / max(weight, 1e-5);
}

// What a GGX surface of normal `n` lets through towards `v` without bending it (thin walls): the reflection's lobe,
// mirrored to the side behind.
vec3 environment_transmission(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    return environment_reflection(atlas, -n, v - 2.0 * dot(n, v) * n, roughness);
}

// What a clear thing of two rough sides lets through is a lobe about `d`, where a ray through smooth sides leads;
// `roughness` as of a mirror that spreads as widely (`transmission_roughness`). Seen askew the lobe is wider, and leans to
// the two normals, for facets that turn away let less through. A fit to the integral over panes with an index from 1.2 to
// 2, under many skies, which halves the error of the round lobe: `tests/fits`. x: how far it leans; y: its alpha.
vec2 refracted_lobe(float n_dot_v, float roughness) {
    float x = roughness, askew = 1.0 - clamp(n_dot_v, 0.0, 1.0);
    float lean = x * (-0.618 + x * 2.563 + askew * (2.044 - x * 4.167));
    float width = 1.0 + x * (0.495 + x * (-4.472 + x * 4.731));
    width += askew * (3.791 - x * 6.771 + askew * (-3.286 + x * 5.683));
    return vec2(askew * clamp(lean, 0.0, 1.0), x * x * clamp(width, 0.3, 2.0));
}

// The way from `d` to the two normals; `n` where the eye's ray enters.
vec3 refracted_axis(vec3 n, vec3 v, vec3 d, float ior) {
    float eta = max(ior, 1.01);
    return normalize(normalize(eta * refract(-v, n, 1.0 / eta) - d) - n); // the other normal by the law of refraction
}

vec3 environment_refraction(sampler2D atlas, vec3 n, vec3 v, vec3 d, float ior, float roughness) {
    vec2 lobe = refracted_lobe(dot(n, v), roughness);
    return environment_lobe(atlas, mix(d, refracted_axis(n, v, d, ior), lobe.x), lobe.y);
}

// What a white diffuse surface facing `n` sends back: irradiance / pi. Of the side behind: with -n. Suns are not in the
// tile, which would round the edge of their light; each has a table: `taixu.render.suns`.
vec3 environment_irradiance(sampler2D atlas, vec3 n) {
    vec3 light = environment_tile(atlas, ENVIRONMENT_IRRADIANCE, octahedron_from_direction(n));
    for (int i = 0; i < ENVIRONMENT_MOST_SUNS; ++i) {
        ivec2 place = ENVIRONMENT_SUNS + ivec2(0, i * ENVIRONMENT_SUN_ROWS);
        vec4 coarse = texelFetch(atlas, place, 0);
        if (coarse.w == 0.0) break;
        vec3 sun = coarse.xyz + texelFetch(atlas, place + ivec2(1, 0), 0).xyz * (1.0 / 2048.0);
        vec3 a = normalize(cross(sun, abs(sun.y) < 0.7 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0)));
        vec2 side = vec2(dot(n, a), dot(n, cross(sun, a)));
        float cosine = clamp(dot(n, sun), -1.0, 1.0);
        float root = sign(cosine) * pow(abs(cosine), 1.0 / 3.0);
        float across = side.x / max(abs(side.x) + abs(side.y), 1e-7);
        float around = side.y >= 0.0 ? 0.25 - 0.25 * across : 0.75 + 0.25 * across;
        vec2 texel = vec2(place) + vec2(2.5, 0.5);
        texel += vec2((0.5 + 0.5 * root) * float(ENVIRONMENT_SUN_TABLE.x - 1), around * float(ENVIRONMENT_SUN_TABLE.y));
        light += textureLod(atlas, texel / vec2(textureSize(atlas, 0)), 0.0).rgb;
    }
    return light;
}

// What cloth of normal `n` (Charlie, this perceptual sheen roughness) sends back. Its lobe is taken as even around the
// normal, which it nearly is.
vec3 environment_sheen(sampler2D atlas, vec3 n, vec3 v, float roughness) {
    const int last = ENVIRONMENT_SHEEN_TILES.length() - 1;
    float level = clamp((roughness - ENVIRONMENT_SHEEN_SCALE.y) * ENVIRONMENT_SHEEN_SCALE.x, 0.0, float(last));
    int lower = min(int(level), last - 1);
    vec2 at = octahedron_from_direction(n);
    vec3 finer = environment_tile(atlas, ENVIRONMENT_SHEEN_TILES[lower], at);
    return mix(finer, environment_tile(atlas, ENVIRONMENT_SHEEN_TILES[lower + 1], at), level - float(lower));
}
