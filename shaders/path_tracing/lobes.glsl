// Directions in which a surface sends light, chosen by what its lobes send, and how densely they are chosen.
#include "common/reflection.glsl"
#include "common/facets.glsl"

// Chances of the lobes; they are 1 together.
struct Chances {
    float even;   // diffuse and cloth
    float mirror;
    float coat;
    float leaked; // diffuse, to the side behind
    float clear;  // through
};

Chances chances_of(SurfaceInputs s, Core c) {
    float over = passing_layers(c);
    Chances k = Chances(luminance(c.diffuse) * over, luminance(c.energy.single + c.energy.multiple) * over, 0.0,
        luminance(c.leaked) * over, luminance(c.through) * over);
#ifdef LAYER_SHEEN
    k.even += luminance(c.cloth.albedo);
#endif
#ifdef LAYER_CLEARCOAT
    k.coat = c.coat.albedo;
#endif
    float sum = k.even + k.mirror + k.coat + k.leaked + k.clear;
    if (!(sum > 1e-8)) return Chances(1.0, 0.0, 0.0, 0.0, 0.0);
    // What is dim still needs to be met now and then, for it may be all there is in a direction.
    if (k.even > 0.0) k.even = max(k.even, 0.05 * sum);
    k.mirror = max(k.mirror, 0.05 * sum);
    sum = k.even + k.mirror + k.coat + k.leaked + k.clear;
    return Chances(k.even / sum, k.mirror / sum, k.coat / sum, k.leaked / sum, k.clear / sum);
}

// Smith's shadowing of one direction.
float smith_one(float cosine, float alpha) {
    float a2 = square(alpha);
    return 2.0 * cosine / (cosine + sqrt(a2 + (1.0 - a2) * square(cosine)));
}

// Of mirror directions by `visible_facet`: G1(v) D(h) / (4 n.v).
float mirror_density(vec3 n, vec3 v, vec3 l, float alpha) {
    float n_dot_v = max(dot(n, v), 1e-4), n_dot_h = saturate(dot(n, normalize(l + v)));
    return ggx_distribution(n_dot_h, alpha) * smith_one(n_dot_v, alpha) / (4.0 * n_dot_v);
}

// How densely the lobes choose `l`, all but what is clear.
float lobe_density(SurfaceInputs s, Core c, Chances k, vec3 v, vec3 l, bool is_above) {
    float n_dot_l = dot(s.normal, l);
    if (!is_above) return k.leaked * max(-n_dot_l, 0.0) / PI;
    float density = k.even * max(n_dot_l, 0.0) / PI;
    if (n_dot_l > 0.0) {
#ifdef LAYER_ANISOTROPY
        vec3 h = normalize(l + v);
        vec3 a = vec3(c.brush.alpha, 1.0), facet = vec3(dot(h, c.brush.along), dot(h, c.brush.across), dot(h, s.normal)) / a;
        float distribution = 1.0 / (PI * a.x * a.y * square(dot(facet, facet)));
        float n_dot_v = max(dot(s.normal, v), 1e-4);
        float stretched = length(a * vec3(dot(v, c.brush.along), dot(v, c.brush.across), n_dot_v));
        density += k.mirror * distribution / (2.0 * (n_dot_v + stretched));
#else
        density += k.mirror * mirror_density(s.normal, v, l, c.alpha);
#endif
    }
#ifdef LAYER_CLEARCOAT
    if (dot(s.clearcoat_normal, l) > 0.0) density += k.coat * mirror_density(s.clearcoat_normal, v, l, c.coat.alpha);
#endif
    return density;
}

vec3 even_direction(vec3 n, vec2 u) {
    vec3 t, b;
    orthonormal_basis(n, t, b);
    float r = sqrt(u.x), phi = 2.0 * PI * u.y;
    return normalize(r * cos(phi) * t + r * sin(phi) * b + sqrt(max(1.0 - u.x, 0.0)) * n);
}

vec3 facet_of(vec3 n, vec3 v, float alpha, vec2 u) {
    vec3 t, b;
    orthonormal_basis(n, t, b);
    return visible_facet(t, b, n, v, vec2(alpha), u);
}

// A direction of one of the lobes that `lobe_density` knows; `choice` in [0, 1 - k.clear).
vec3 lobe_direction(SurfaceInputs s, Core c, Chances k, vec3 v, float choice, vec2 u) {
    bool is_even = choice < k.even + k.leaked;
    vec3 l = even_direction(choice < k.even ? s.normal : -s.normal, u);
    vec3 n = s.normal;
    float alpha = c.alpha;
#ifdef LAYER_CLEARCOAT
    bool is_coat = choice >= k.even + k.leaked + k.mirror;
    if (is_coat) {
        n = s.clearcoat_normal;
        alpha = c.coat.alpha;
    }
#endif
    vec3 h = facet_of(n, v, alpha, u);
#ifdef LAYER_ANISOTROPY
    vec3 brushed = visible_facet(c.brush.along, c.brush.across, s.normal, v, c.brush.alpha, u);
#ifdef LAYER_CLEARCOAT
    if (!is_coat) h = brushed;
#else
    h = brushed;
#endif
#endif
    return is_even ? l : reflect(-v, h);
}
