// Curves from scene-linear Rec.709 to display-linear Rec.709 in [0, 1]. The numpy twin is `taixu.render.tonemap`.
#include "common/math.glsl"

const uint TONEMAP_LINEAR = 0u;
const uint TONEMAP_NEUTRAL = 1u;
const uint TONEMAP_ACES = 2u;
const uint TONEMAP_AGX = 3u;

// Khronos PBR Neutral: keeps base colours as authored below 0.8, compresses and desaturates highlights above.
// Specification: KhronosGroup/ToneMapping, PBR_Neutral.
vec3 tonemap_neutral(vec3 color) {
    const float start = 0.8 - 0.04;
    float low = min3(color);
    color -= low < 0.08 ? low - 6.25 * low * low : 0.04;
    float peak = max3(color);
    if (peak < start) return max(color, vec3(0.0));
    const float d = 1.0 - start;
    float compressed = 1.0 - d * d / (peak + d - start);
    float g = 1.0 - 1.0 / (0.15 * (peak - compressed) + 1.0);
    return clamp(mix(color * (compressed / peak), vec3(compressed), g), 0.0, 1.0);
}

// Stephen Hill's fit of the ACES reference and output transforms, with the customary pre-scale of 1 / 0.6.
vec3 tonemap_aces(vec3 color) {
    const mat3 input_matrix = mat3(0.59719, 0.07600, 0.02840, 0.35458, 0.90834, 0.13383, 0.04823, 0.01566, 0.83777);
    const mat3 output_matrix = mat3(1.60475, -0.10208, -0.00327, -0.53108, 1.10813, -0.07276, -0.07367, -0.00605, 1.07602);
    vec3 v = input_matrix * (color / 0.6);
    v = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081);
    return clamp(output_matrix * v, 0.0, 1.0);
}

// Troy Sobotka's AgX, base look, with Benjamin Wrensch's polynomial of its sigmoid; works in Rec.2020.
vec3 tonemap_agx(vec3 color) {
    const mat3 rec2020_from_rec709 = mat3(0.6274, 0.0691, 0.0164, 0.3293, 0.9195, 0.0880, 0.0433, 0.0113, 0.8956);
    const mat3 rec709_from_rec2020 = mat3(1.6605, -0.1246, -0.0182, -0.5876, 1.1329, -0.1006, -0.0728, -0.0083, 1.1187);
    const mat3 inset = mat3(0.856627153315983, 0.137318972929847, 0.11189821299995,
                            0.0951212405381588, 0.761241990602591, 0.0767994186031903,
                            0.0482516061458583, 0.101439036467562, 0.811302368396859);
    const mat3 outset = mat3(1.1271005818144368, -0.1413297634984383, -0.14132976349843826,
                             -0.11060664309660323, 1.157823702216272, -0.11060664309660294,
                             -0.016493938717834573, -0.016493938717834257, 1.2519364065950405);
    const float min_ev = -12.47393;
    const float max_ev = 4.026069;
    vec3 v = max(inset * (rec2020_from_rec709 * max(color, vec3(0.0))), vec3(1e-10));
    v = clamp((log2(v) - min_ev) / (max_ev - min_ev), 0.0, 1.0);
    v = (((((15.5 * v - 40.14) * v + 31.96) * v - 6.868) * v + 0.4298) * v + 0.1191) * v - 0.00232;
    v = pow(max(outset * v, vec3(0.0)), vec3(2.2));
    return clamp(rec709_from_rec2020 * v, 0.0, 1.0);
}

vec3 tonemap(uint curve, vec3 color) {
    switch (curve) {
        case TONEMAP_NEUTRAL: return tonemap_neutral(color);
        case TONEMAP_ACES: return tonemap_aces(color);
        case TONEMAP_AGX: return tonemap_agx(color);
        default: return clamp(color, 0.0, 1.0);
    }
}
