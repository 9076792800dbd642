// Light that goes through without being scattered inside, KHR_materials_transmission. Thin walls do not bend it and spread
// it as a mirror of their roughness would, turned to the side behind; closed things bend it (`volume.glsl`).
// The numpy twin is `taixu.render.reflectance.transmission`.
#include "surface/inputs.glsl"
#include "common/brdf.glsl"

// Roughness of a mirror that spreads light as widely as what is let through. Of a closed thing both sides are rough: each
// turns rays by (ior - 1) times the slope of a facet, a mirror by twice the slope, and two spreads add as squares.
float transmission_roughness(float roughness, float ior, bool thin) {
    return thin ? roughness : roughness * sqrt(min(abs(ior - 1.0) * 0.70710678, 1.0));
}

// Distribution times visibility times n.l of light from behind (n.l is negative), without Fresnel.
float transmission_lobe(vec3 n, float n_dot_v, vec3 v, vec3 to_light, float alpha, out float v_dot_h) {
    vec3 mirrored = to_light - 2.0 * dot(n, to_light) * n;
    vec3 h = normalize(mirrored + v);
    float n_dot_l = saturate(dot(n, mirrored));
    v_dot_h = saturate(dot(v, h));
    return ggx_distribution(saturate(dot(n, h)), alpha) * smith_visibility(n_dot_v, n_dot_l, alpha) * n_dot_l;
}
