// Microfacet reflection: GGX with height-correlated Smith masking, Schlick's Fresnel, and the energy that both lose.
// `alpha` is perceptual roughness squared. The numpy twin is `taixu.render.reflectance`.
#include "common/math.glsl"

const float MIN_ALPHA = 2.0e-3; // below, GGX peaks leave the range of float16 targets

// Walter et al., "Microfacet Models for Refraction through Rough Surfaces", 2007, equation 33.
float ggx_distribution(float n_dot_h, float alpha) {
    float a2 = alpha * alpha;
    float d = (n_dot_h * a2 - n_dot_h) * n_dot_h + 1.0;
    return a2 / (PI * d * d);
}

// G2 / (4 n.l n.v), height-correlated. Heitz, "Understanding the Masking-Shadowing Function", 2014, equation 99.
float smith_visibility(float n_dot_v, float n_dot_l, float alpha) {
    float a2 = alpha * alpha;
    float v = n_dot_l * sqrt((n_dot_v - a2 * n_dot_v) * n_dot_v + a2);
    float l = n_dot_v * sqrt((n_dot_l - a2 * n_dot_l) * n_dot_l + a2);
    return 0.5 / max(v + l, 1e-7);
}

vec3 schlick_fresnel(vec3 f0, float f90, float v_dot_h) {
    float x = saturate(1.0 - v_dot_h);
    float x2 = x * x;
    return f0 + (vec3(f90) - f0) * (x2 * x2 * x);
}

// What of the light a rough surface of reflectance f0 sends back in one bounce and in all further ones.
struct SpecularEnergy {
    vec3 single;       // directional albedo of one bounce
    vec3 multiple;     // of the others, taken as spread evenly
    vec3 compensation; // factor by which the one-bounce lobe grows to carry both
};

// `dfg` is (scale, bias): albedo = f0 scale + f90 bias.
// Fdez-Aguera, "A Multiple-Scattering Microfacet Model for Real-Time Image-based Lighting", JCGT 8(1), 2019.
SpecularEnergy specular_energy(vec3 f0, float f90, vec2 dfg) {
    SpecularEnergy e;
    e.single = f0 * dfg.x + f90 * dfg.y;
    float lost = 1.0 - (dfg.x + dfg.y);
    vec3 average = max(f0 + (vec3(f90) - f0) / 21.0, vec3(0.0)); // films have less than 0
    e.multiple = e.single * average * lost / (1.0 - average * lost);
    e.compensation = 1.0 + e.multiple / max(e.single, vec3(1e-4));
    return e;
}

// Of a surface that is `b` for a share and `a` for the rest, side by side.
SpecularEnergy mix_energies(SpecularEnergy a, SpecularEnergy b, float share) {
    SpecularEnergy e;
    e.single = mix(a.single, b.single, share);
    e.multiple = mix(a.multiple, b.multiple, share);
    e.compensation = 1.0 + e.multiple / max(e.single, vec3(1e-4));
    return e;
}
