// Brushed surfaces, KHR_materials_anisotropy: GGX with one alpha along the brush and another across it.
// The numpy twin is `taixu.render.reflectance.anisotropy`.
#include "surface/inputs.glsl"

struct Brush {
    vec3 along;  // unit, in the surface: the direction in which the highlight is long
    vec3 across;
    vec2 alpha;  // along, across
};

Brush brush_of(SurfaceInputs s, float alpha) {
    Brush b;
    vec3 t = s.tangent * s.anisotropy_direction.x + s.bitangent * s.anisotropy_direction.y;
    t -= s.normal * dot(s.normal, t);
    float size = dot(t, t);
    if (size > 1e-10) {
        b.along = t * inversesqrt(size);
        b.across = cross(s.normal, b.along);
    } else {
        orthonormal_basis(s.normal, b.along, b.across);
    }
    b.alpha = vec2(mix(alpha, 1.0, square(s.anisotropy)), alpha);
    return b;
}

// Distribution times visibility. Burley 2012, equation 13; Heitz 2014, equations 86 and 99.
float anisotropic_lobe(Brush b, vec3 n, vec3 v, float n_dot_v, vec3 l, float n_dot_l, vec3 h) {
    vec3 a = vec3(b.alpha, 1.0);
    vec3 facet = vec3(dot(h, b.along), dot(h, b.across), dot(h, n)) / a;
    float distribution = 1.0 / (PI * a.x * a.y * square(dot(facet, facet)));
    float seen = n_dot_l * length(a * vec3(dot(v, b.along), dot(v, b.across), n_dot_v));
    float lit = n_dot_v * length(a * vec3(dot(l, b.along), dot(l, b.across), n_dot_l));
    return distribution * 0.5 / max(seen + lit, 1e-7);
}

// Where the table of round lobes holds the energy of this one: cosine of the view and perceptual roughness, and a margin
// to add to the albedo, so that the fit never gains.
vec3 isotropic_twin(Brush b, vec3 v, float n_dot_v) {
    float narrow = square(b.alpha.y / b.alpha.x);
    float flat_view = square(n_dot_v) + square(dot(v, b.along)) + narrow * square(dot(v, b.across));
    float alpha = sqrt(mix(square(b.alpha.y), square(b.alpha.x), 0.45));
    return vec3(n_dot_v * inversesqrt(flat_view), sqrt(alpha), 0.05 * (1.0 - narrow) * (1.2 - square(n_dot_v)));
}
