// Fibres of cloth over the base, KHR_materials_sheen: the Charlie lobe of Estevez and Kulla, "Production Friendly
// Microfacet Sheen BRDF", 2017. What the fibres send back is taken from the base ("albedo scaling").
// The numpy twin is `taixu.render.reflectance.sheen`.
#include "surface/inputs.glsl"

const float MIN_SHEEN_ROUGHNESS = 0.07;

struct Cloth {
    vec3 color;
    float roughness; // perceptual
    float alpha;
    float fit;       // by how much the lobe is made smaller where it would send back more than it got
    float hidden;    // 1 + Lambda of the view
    vec3 albedo;     // of the fibres, seen from the camera
    float passes;    // what they leave to the base
};

// Equation 3 of the paper: logarithm of Lambda for cosines up to a half.
float sheen_fit(float x, float smoothness) {
    float a = mix(21.5473, 25.3245, smoothness), b = mix(3.82987, 3.32435, smoothness), c = mix(0.19823, 0.16801, smoothness);
    return a / (1.0 + b * pow(x, c)) + mix(-1.97760, -1.27393, smoothness) * x + mix(-4.32054, -4.85967, smoothness);
}

float sheen_shadowing(float cosine, float alpha) {
    float smoothness = square(1.0 - alpha);
    cosine = clamp(cosine, 1e-6, 1.0 - 1e-6);
    float near = sheen_fit(min(cosine, 1.0 - cosine), smoothness);
    return exp(cosine < 0.5 ? near : 2.0 * sheen_fit(0.5, smoothness) - near);
}

// `table` is what the table of energies says of this view and roughness: the lobe's albedo, over 1 at grazing angles.
Cloth cloth_of(SurfaceInputs s, float n_dot_v, float table) {
    Cloth c;
    c.color = s.sheen_color;
    c.roughness = max(s.sheen_roughness, MIN_SHEEN_ROUGHNESS);
    c.alpha = square(c.roughness);
    c.fit = 1.0 / max(table, 1.0);
    c.hidden = 1.0 + sheen_shadowing(n_dot_v, c.alpha);
    c.albedo = c.color * min(table, 1.0);
    c.passes = 1.0 - max3(c.albedo);
    return c;
}

// Equations 2 and 3 of the paper; the visibility is at most 1, as in the extension's sample code.
vec3 sheen_lobe(Cloth c, float n_dot_v, float n_dot_l, float n_dot_h) {
    float inverse = 1.0 / c.alpha;
    float distribution = (2.0 + inverse) * pow(max(1.0 - square(n_dot_h), 1e-12), 0.5 * inverse) / (2.0 * PI);
    float hidden = c.hidden + sheen_shadowing(n_dot_l, c.alpha);
    return c.color * (distribution * c.fit * saturate(1.0 / max(hidden * 4.0 * n_dot_v * n_dot_l, 1e-7)));
}
