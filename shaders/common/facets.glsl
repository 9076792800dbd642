// Facets of rough surfaces: which of them the eye sees, and bumps that would mirror it into the surface.
#include "common/math.glsl"

// A bent normal may mirror the eye's ray into the surface. This one is bent less, in the plane of it and `face` (the normal without
// bumps), so that the mirrored ray just leaves: its height over the surface, v_x sin(2a) + v_z cos(2a) for a normal at the angle a from
// `face`, is then what is asked for. Path tracers do so, for a mirror would have black rims.
vec3 normal_that_mirrors_out(vec3 n, vec3 face, vec3 v) {
    float z = dot(v, face), least = min(0.9 * z, 0.01);
    if (dot(reflect(-v, n), face) >= least) return n;
    vec3 side = n - dot(n, face) * face;
    float size = length(side);
    if (size < 1e-5) return n;
    side /= size;
    float x = dot(v, side);
    float a = 0.5 * (atan(x, z) + acos(clamp(least * inversesqrt(x * x + z * z), -1.0, 1.0)));
    return sin(a) * side + cos(a) * face;
}

// A facet of a GGX surface, by what the eye sees of them: Heitz, "Sampling the GGX Distribution of Visible Normals", 2018.
// `alpha` is along `t` and `b`, which with `n` make a right-handed frame; `u` in [0, 1)^2. Its density is that of the facets
// that face the eye, G1(v) max(v.h, 0) D(h) / n.v.
vec3 visible_facet(vec3 t, vec3 b, vec3 n, vec3 v, vec2 alpha, vec2 u) {
    vec3 e = normalize(vec3(alpha * vec2(dot(v, t), dot(v, b)), max(dot(v, n), 1e-4)));
    float across = dot(e.xy, e.xy);
    vec3 t1 = across > 0.0 ? vec3(-e.y, e.x, 0.0) * inversesqrt(across) : vec3(1.0, 0.0, 0.0);
    vec3 t2 = cross(e, t1);
    float r = sqrt(u.x), phi = 2.0 * PI * u.y, s = 0.5 * (1.0 + e.z);
    float p1 = r * cos(phi), p2 = mix(sqrt(1.0 - p1 * p1), r * sin(phi), s);
    vec3 h = p1 * t1 + p2 * t2 + sqrt(max(0.0, 1.0 - p1 * p1 - p2 * p2)) * e;
    h = normalize(vec3(alpha * h.xy, max(h.z, 1e-6)));
    return h.x * t + h.y * b + h.z * n;
}
