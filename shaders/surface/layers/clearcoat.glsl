// A clear layer over everything else, KHR_materials_clearcoat: a dielectric of f0 0.04 with a roughness and a normal of
// its own. What it sends back is taken from what lies below, emission too; for a smooth coat that is the extension's
// Fresnel weight, for a rough one its directional albedo, so that no light is lost.
// The numpy twin is `taixu.render.reflectance.clearcoat`.
#include "surface/inputs.glsl"
#include "common/brdf.glsl"
#include "common/environment.glsl"

const float COAT_F0 = 0.04;

struct Coat {
    float n_dot_v;
    float roughness; // perceptual
    float alpha;
    float albedo;       // what the layer sends to the camera of even light
    float compensation; // of light that bounces between its facets
    float passes;       // what it leaves to what lies below
};

float coat_n_dot_v(Fragment f, SurfaceInputs s) { return clamp(dot(s.clearcoat_normal, f.view), 1e-3, 1.0); }

// `dfg` is what the table of energies says of the coat's normal and roughness.
Coat coat_of(Fragment f, SurfaceInputs s, vec2 dfg) {
    Coat c;
    c.n_dot_v = coat_n_dot_v(f, s);
    c.roughness = saturate(s.clearcoat_roughness);
    c.alpha = max(square(c.roughness), MIN_ALPHA);
    SpecularEnergy e = specular_energy(vec3(COAT_F0), 1.0, dfg);
    c.albedo = saturate(s.clearcoat) * (e.single.x + e.multiple.x);
    c.compensation = saturate(s.clearcoat) * e.compensation.x;
    c.passes = 1.0 - c.albedo;
    return c;
}

// What the coat sends back of light from one direction, times n.l.
float coat_light(Coat c, vec3 normal, vec3 v, vec3 to_light) {
    float n_dot_l = dot(normal, to_light);
    if (n_dot_l <= 0.0) return 0.0;
    vec3 h = normalize(to_light + v);
    return schlick_fresnel(vec3(COAT_F0), 1.0, saturate(dot(v, h))).x * c.compensation * n_dot_l
        * ggx_distribution(saturate(dot(normal, h)), c.alpha) * smith_visibility(c.n_dot_v, n_dot_l, c.alpha);
}

// Light from all around as the coat sends it back, by directions in the space of the sky: in one round lobe that leans from
// the mirror's direction towards the normal. Most coats are smooth, and rough ones send little back.
vec3 coat_surroundings(Coat c, sampler2D atlas, vec3 normal, vec3 v) {
    return environment_reflection(atlas, normalize(mix(reflect(-v, normal), normal, c.alpha)), c.roughness);
}
