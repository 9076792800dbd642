// What nearby surfaces change of the light from all around: they hide the sky, and send light themselves. One ray a lobe
// and frame; over the frames of a still the mean goes to the integral. What is added is the difference to the sky, so that
// there is no noise where nothing is near.
#include "common/facets.glsl"
#include "common/tracing.glsl"

const float TRACED_OPENNESS = 0.7; // what of the sky a surface that hides another one sees itself
const float TRACED_BLUR = 0.1;     // alpha of the mirror that the hidden sky is seen in: its suns would be noise
const float TRACED_BRIGHTEST = 10.0; // what small lamps may send through a ray, or single pixels would shine

// What a triangle sends back against `direction`.
vec3 traced_radiance(Hit hit, vec3 origin, vec3 direction, float depth) {
    int word = hit.triangle;
    vec4 corner = traced_triangles[word];
    vec3 n = normalize(cross(traced_triangles[word + 1].xyz, traced_triangles[word + 2].xyz));
    if (dot(n, direction) > 0.0) n = -n;
    vec3 at = origin + direction * hit.t;
    vec3 diffuse = traced_triangles[word + 3].rgb, mirror = traced_triangles[word + 4].rgb;
    vec2 dfg = texture(dfg_table, vec2(saturate(-dot(n, direction)), corner.w)).rg;
    vec3 light = environment_irradiance(environment_atlas, sky_from_world(n)) * diffuse;
    light += environment_reflection(environment_atlas, sky_from_world(n), sky_from_world(-direction), corner.w)
        * (mirror * dfg.x + dfg.y);
    light *= lighting.sky_turn.z * TRACED_OPENNESS;
#ifdef PROBES // they know what light there is
    ProbeLight around = probe_light(at, n, -direction, n);
    light = mix(light, around.diffuse * (diffuse + mirror * dfg.x + dfg.y), around.share);
#endif
    for (uint i = 0u; i < lighting.light_counts.x; ++i) {
        LightRow row = light_row(i);
        vec3 to_light = -row.direction;
        float n_dot_l = dot(n, to_light);
        if (n_dot_l <= 0.0) continue;
        vec3 irradiance = row.color * n_dot_l;
#ifdef SHADOWS
        irradiance *= shadow_factor(row, at, n, to_light, depth);
#endif
        light += diffuse / PI * irradiance;
    }
    return min(light + traced_triangles[word + 5].rgb, vec3(TRACED_BRIGHTEST));
}

// The difference that a ray makes; `alpha` blurs the sky that it is compared with. A bent normal may send it into the
// surface (below `face`), where it finds nothing.
vec3 traced_difference(vec3 origin, vec3 face, vec3 direction, float alpha, float chance, float depth) {
    bool buried = dot(direction, face) <= 0.0;
    Hit hit = Hit(-1.0, 0);
    if (!buried) hit = trace(origin, direction, chance);
    if (!buried && hit.t < 0.0) return vec3(0.0);
    vec3 sky = environment_lobe(environment_atlas, sky_from_world(direction), alpha) * lighting.sky_turn.z;
    if (buried) return -sky;
    return traced_radiance(hit, origin, direction, depth) - sky;
}

// A mirror direction of a GGX lobe, by what the eye sees of its facets.
vec3 sample_lobe(vec3 t, vec3 b, vec3 n, vec3 v, vec2 alpha, vec2 u) { return reflect(-v, visible_facet(t, b, n, v, alpha, u)); }

vec3 sample_lobe(vec3 n, vec3 v, float alpha, vec2 u) {
    vec3 t, b;
    orthonormal_basis(n, t, b);
    return sample_lobe(t, b, n, v, vec2(alpha), u);
}

vec3 traced_light(Fragment f, SurfaceInputs s, Core c, vec3 face, vec2 pixel, float depth) {
    vec3 origin = f.position + face * traced_counts.w;
    float chance = traced_sample(pixel, 9u).x;
    vec3 light = vec3(0.0);
    vec3 even = c.diffuse;
#ifdef LAYER_SHEEN
    even = even * c.cloth.passes + c.cloth.albedo;
#endif
    if (max3(even) > 0.0) {
        vec2 u = traced_sample(pixel, 1u);
        vec3 t, b;
        orthonormal_basis(s.normal, t, b);
        float r = sqrt(u.x), phi = 2.0 * PI * u.y;
        vec3 d = normalize(r * cos(phi) * t + r * sin(phi) * b + sqrt(1.0 - u.x) * s.normal);
        light += even * traced_difference(origin, face, d, TRACED_BLUR, chance, depth);
    }
#ifdef LAYER_ANISOTROPY
    vec3 d = sample_lobe(c.brush.along, c.brush.across, s.normal, f.view, c.brush.alpha, traced_sample(pixel, 2u));
#else
    vec3 d = sample_lobe(c.facing, f.view, c.alpha, traced_sample(pixel, 2u));
#endif
    if (dot(d, c.facing) > 0.0) { // what a lobe loses below its own horizon is not in the maps either
        float passes = 1.0;
#ifdef LAYER_SHEEN
        passes = c.cloth.passes;
#endif
        light += (c.energy.single + c.energy.multiple) * passes * traced_difference(origin, face, d, 0.25 * c.alpha, chance, depth);
    }
#ifdef LAYER_CLEARCOAT
    light *= c.coat.passes;
    d = sample_lobe(s.clearcoat_normal, f.view, max(square(c.coat.roughness), MIN_ALPHA), traced_sample(pixel, 3u));
    if (dot(d, s.clearcoat_normal) > 0.0) {
        light += c.coat.albedo * traced_difference(origin, face, d, 0.25 * square(c.coat.roughness), chance, depth);
    }
#endif
    return light;
}
