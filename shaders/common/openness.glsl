// How much of what a surface would reflect is open to the sky, where nearby surfaces hide part of the hemisphere.
#include "common/math.glsl"

// The share of a GGX lobe inside the open part of the hemisphere. That is taken as a cone about the normal, which leaves
// `open` of the light to a diffuse surface; rough lobes see what diffuse ones do, mirrors are in the cone or out of it.
// A fit to the integral over cosine, openness and roughness (`tests/fits`): 0.056 off (root mean square), where Lagarde's, "Moving
// Frostbite to PBR", 2014, is 0.22 off.
float reflection_openness(float n_dot_v, float open, float roughness) {
    float alpha = roughness * roughness;
    float rim = sqrt(max(1.0 - open, 0.0)); // cosine of the cone's half angle
    float middle = n_dot_v + (0.771 - n_dot_v) * (0.898 * alpha + 0.163 * roughness);
    float softness = max(0.945 * roughness - 0.131, 0.01);
    float sharp = smoothstep(-softness, softness, middle - rim);
    float share = mix(sharp, open, min(1.823 * alpha, 1.0)) * step(1e-4, open);
    return mix(share, 1.0, smoothstep(0.95, 1.0, open)); // the rim of an open hemisphere hides nothing
}
