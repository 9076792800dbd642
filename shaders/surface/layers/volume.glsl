// The inside of closed things, KHR_materials_volume and KHR_materials_ior: light is bent where it enters and where it
// leaves, and dimmed on its way. Only the near side is known: the far one is parallel to it, as a wall's or a pane's, or
// it goes on in the circle in which the surface curves, as a ball's, by how the thickness compares with that circle.
// The numpy twin is `taixu.render.reflectance.volume`.
#include "common/math.glsl"

struct Passage {
    vec3 direction; // in which the ray leaves, unit
    vec3 travel;    // from where it enters to where it leaves, metres
    float path;     // length of that
};

// `n` unit, towards the camera as `v` is; `thickness` in metres; `curvature` of the surface in the plane of n and v, 1/m.
Passage passage_through(vec3 n, vec3 v, float ior, float thickness, float curvature) {
    float eta = 1.0 / max(ior, 1.0);
    vec3 d = refract(-v, n, eta);
    float c = max(-dot(n, d), 1e-3);
    float ball = smoothstep(0.25, 0.75, 0.5 * curvature * thickness);
    Passage p;
    p.path = thickness * mix(min(1.0 / c, 4.0), c, ball);
    p.travel = d * p.path;
    vec3 ahead = normalize(mix(-n, n + 2.0 * c * d, ball)); // outward normal where it leaves
    vec3 out_of = refract(d, -ahead, 1.0 / eta);
    p.direction = dot(out_of, out_of) > 0.25 ? normalize(out_of) : d; // caught inside: light that goes on is as good a guess
    return p;
}

// Beer and Lambert: what is left of light after `path` metres; a distance of 0 absorbs nothing.
vec3 volume_transmittance(vec3 color, float distance_m, float path) {
    if (distance_m <= 0.0) return vec3(1.0);
    return exp(log(max(color, vec3(1e-6))) * (path / distance_m));
}
