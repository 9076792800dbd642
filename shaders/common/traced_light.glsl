// What nearby surfaces change of the light from all around: they hide the sky, and send light themselves. One ray a lobe
// and frame; over the frames of a still the mean goes to the integral. What is added is the difference to the sky, so that
// there is no noise where nothing is near.
#include "common/equirect.glsl"
#include "common/facets.glsl"
#include "common/tracing.glsl"

const float TRACED_OPENNESS = 0.7; // what of the sky a surface that hides another one sees itself
const float TRACED_BLUR = 0.1;     // alpha of the mirror that the hidden sky is seen in: its suns would be noise
const float TRACED_BRIGHTEST = 10.0; // what small lamps may send through a ray, or single pixels would shine

// The sky as a lamp, coarsely: a word a cell, of the share of the rows above its own, its row's, that of the cells before it in
// its row, and its own. Counts are powers of two, and steps do not hang on what is read.
vec4 traced_sky_cell(int x, int y) { return traced_nodes[int(traced_sky.z) + y * int(traced_sky.x) + x]; }

// How densely `traced_sky_direction` chooses a cell's directions, by solid angle.
float traced_sky_density(vec4 cell, float v) {
    return cell.y * cell.w * traced_sky.x * traced_sky.y / (2.0 * PI * PI * max(sin(PI * v), 1e-4));
}

float traced_sky_density(vec3 d) {
    vec2 uv = equirect_from_direction(sky_from_world(d));
    ivec2 size = ivec2(traced_sky.xy), at = clamp(ivec2(uv * traced_sky.xy), ivec2(0), size - 1);
    return traced_sky_density(traced_sky_cell(at.x, at.y), uv.y);
}

vec3 traced_sky_direction(vec2 u) {
    int x = 0, y = 0;
    for (int reach = int(traced_sky.y) / 2; reach > 0; reach /= 2) y += traced_sky_cell(0, y + reach).x <= u.y ? reach : 0;
    for (int reach = int(traced_sky.x) / 2; reach > 0; reach /= 2) x += traced_sky_cell(x + reach, y).z <= u.x ? reach : 0;
    vec4 cell = traced_sky_cell(x, y);
    vec2 within = clamp((u - cell.zx) / max(cell.wy, vec2(1e-20)), 0.0, 0.9999);
    vec2 uv = (vec2(x, y) + within) / traced_sky.xy;
    float polar = PI * uv.y, around = 2.0 * PI * (uv.x - 0.5);
    vec3 d = vec3(sin(polar) * cos(around), cos(polar), sin(polar) * sin(around));
    vec2 cs = lighting.sky_turn.xy;
    return vec3(cs.x * d.x + cs.y * d.z, d.y, -cs.y * d.x + cs.x * d.z);
}

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
        // By the cosine, or where the sky is bright, and weighed by how densely both come there (Veach and Guibas, "Optimally
        // Combining Sampling Techniques for Monte Carlo Rendering", 1995): a lamp that is hidden would be single dark pixels.
        vec2 u = traced_sample(pixel, 1u);
        bool by_sky = u.x < traced_sky.w;
        u.x = by_sky ? u.x / traced_sky.w : (u.x - traced_sky.w) / (1.0 - traced_sky.w);
        vec3 t, b;
        orthonormal_basis(s.normal, t, b);
        float r = sqrt(u.x), phi = 2.0 * PI * u.y;
        vec3 d = normalize(r * cos(phi) * t + r * sin(phi) * b + sqrt(1.0 - u.x) * s.normal);
        if (by_sky) d = traced_sky_direction(u);
        float weight = 1.0;
        if (traced_sky.w > 0.0) {
            float cosine = max(dot(s.normal, d), 0.0) / PI;
            weight = cosine / max(mix(cosine, traced_sky_density(d), traced_sky.w), 1e-10);
        }
        if (weight > 0.0) light += even * weight * traced_difference(origin, face, d, TRACED_BLUR, chance, depth);
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
