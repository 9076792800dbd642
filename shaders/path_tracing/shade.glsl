// What happens where a path has met a surface of one kind: light of its own, light from a lamp and from the sky, and a direction in
// which the path goes on. The material is included before this file; reflection is what the rasteriser has.
#define WALKED
#include "common/environment.glsl"
#include "path_tracing/fragment_met.glsl"
#include "path_tracing/lobes.glsl"
#include "path_tracing/lamps.glsl"
#include "path_tracing/sky_light.glsl"
#ifdef LAYER_TRANSMISSION
#include "path_tracing/clear.glsl"
#endif

#ifdef DECALS
#include "common/decals/decals.glsl"
#endif

layout(local_size_x = 64) in;
layout(std140, binding = 2) uniform Kind {
    uint kind_key;
    uint kind_padding[3];
};

#if defined(LIGHT_MODEL) || defined(USES_SKY)
// Surfaces that ask for the sky while they say what they look like.
layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
vec3 sky_light(vec3 normal) { return environment_irradiance(environment_atlas, sky_from_world(normal)) * path.sky_turn.z; }
vec3 sky_mirror(vec3 normal, vec3 view, float roughness) {
    return environment_reflection(environment_atlas, sky_from_world(normal), sky_from_world(view), roughness) * path.sky_turn.z;
}
#endif

#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
bool from_lamp; // which no path can meet by chance, so that what is clear must let its light through here

vec3 punctual_light_from_behind(Fragment f, SurfaceInputs s, Core c, vec3 to_light, float n_dot_l) {
    vec3 light = vec3(0.0);
#ifdef LAYER_DIFFUSE_TRANSMISSION
    light += leaked_light(c.leaked, n_dot_l);
#endif
#if defined(LAYER_TRANSMISSION) && !defined(LAYER_VOLUME)
    if (from_lamp) {
        float v_dot_h;
        float lobe = transmission_lobe(s.normal, c.n_dot_v, f.view, to_light, c.alpha, v_dot_h);
        light += s.base_color * s.transmission * lobe
            * max((1.0 - schlick_fresnel(c.f0_dielectric, s.specular, v_dot_h)) * (1.0 - c.metallic), 0.0);
    }
#endif
    return light;
}
#endif

// What the surface sends to the eye of light from `l`, times n.l, by the side of the triangle that it is on.
vec3 scattered(Fragment f, SurfaceInputs s, Core c, vec3 face, vec3 l) {
    bool is_above = dot(l, face) > 0.0;
#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
    if (is_above != (dot(l, s.normal) > 0.0)) return vec3(0.0);
#else
    if (!is_above) return vec3(0.0);
#endif
    return punctual_light(f, s, c, l);
}

void ask(uint slot, vec3 origin, vec3 direction, float most, vec3 light, float brightest) {
    light *= min(1.0, brightest / max(max3(light), 1e-20));
    if (!(max3(light) > 0.0)) return;
    lamp_rays[slot].origin = origin;
    lamp_rays[slot].direction = direction;
    lamp_rays[slot].light = light;
    lamp_rays[slot].most = most;
}

void go_on(uint number, PathState p, uint pixel, uint bounces, uint choice) {
    // Paths that carry little end by chance, and those that do not carry the more.
    float stays = bounces > 2u ? min(max3(p.throughput), 0.95) : 1.0;
    if (chance(pixel, choice).x < stays && bounces < path.most_bounces && max3(p.throughput) > 0.0) p.throughput /= stays;
    else p.flags &= ~PATH_ALIVE;
    p.flags = (p.flags & ~(0xFFu << PATH_BOUNCES_AT)) | (bounces << PATH_BOUNCES_AT);
    p.met = 0u;
    paths[number] = p;
}

void shade(uint number) {
    PathState p = paths[number];
    uint pixel = pixel_number(number);
    uint bounces = p.flags >> PATH_BOUNCES_AT & 0xFFu, passes = p.flags >> PATH_PASSES_AT & 0xFFu;
    uint first = 1u + (bounces + passes) * 8u; // of the choices of this meeting
    bool is_seen = (p.flags & PATH_SEEN) != 0u;
    Met m = surface_met(p.met - 1u, p.triangle, p.where, p.direction);
    p.throughput *= exp(-p.absorption * p.at);
    SurfaceInputs s = default_surface(m.f);
    surface(m.f, s);
#ifdef DECALS
    put_decals(m.f, things[p.met - 1u].layers, path.decal_count, s);
#endif
    vec3 v = m.f.view;
    bool is_culled = is_seen && !m.f.front && !is_double_sided(m.f.material);
#ifdef LAYER_VOLUME
    is_culled = false;
    s.thickness *= m.scale;
#endif
    if (is_culled || chance(pixel, first).x >= opacity_met(m.f, s)) { // straight through
        p.origin = m.f.position - m.face * m.margin;
        p.met = 0u;
        p.flags = (p.flags & ~(0xFFu << PATH_PASSES_AT)) | (min(passes + 1u, 255u) << PATH_PASSES_AT);
        if (passes + 1u >= path.most_passes) p.flags &= ~PATH_ALIVE;
        paths[number] = p;
        return;
    }
    float brightest = bounces > 0u ? path.brightest : 3.0e38; // single lights after many bounces would be points for long
    if (is_seen) {
        p.radiance.a = 1.0;
        p.albedo = vec4(s.base_color, 1.0);
        p.normal = vec4(m.f.normal, 1.0);
    }
    p.flags &= ~PATH_SEEN;
#ifdef UNLIT
    p.radiance.rgb += p.throughput * s.base_color;
    p.flags &= ~PATH_ALIVE;
    paths[number] = p;
#else
    s.occlusion = 1.0;
    if (s.normal != m.f.normal) s.normal = normal_that_mirrors_out(s.normal, m.face, v);
    if (dot(s.normal, v) < 1e-3) s.normal = normalize(s.normal + v * (1e-3 - dot(s.normal, v)));
    s.clearcoat_normal = normal_that_mirrors_out(s.clearcoat_normal, m.face, v);
    Core c = core_of(m.f, s);
    if (is_seen) { // what is known of the surface without noise
        p.albedo.rgb = c.diffuse + c.energy.single + c.through + c.leaked;
#ifdef LAYER_SHEEN
        p.albedo.rgb = p.albedo.rgb * c.cloth.passes + c.cloth.albedo;
#endif
        p.normal.xyz = s.normal;
    }
    vec3 emitted = p.throughput * emitted_light(s, c);
    if (p.density > 0.0 && (things[p.met - 1u].flags & THING_EMITTING) != 0u) { // light was asked of it too
        emitted *= p.density / (p.density + emitter_density(s.emissive, p.at, dot(m.face, v)));
    }
    p.radiance.rgb += emitted * min(1.0, brightest / max(max3(emitted), 1e-20));
    uint color = p.flags >> PATH_COLOR_AT & 3u;
    vec2 which = chance(pixel, first + 1u), u = chance(pixel, first + 2u);
#if defined(LAYER_TRANSMISSION) && defined(LAYER_VOLUME)
    if (!m.f.front) {
        Passing out_of = pass_inside(s, c, m.face, v, p.absorption, color, which.x, u);
        p.origin = m.f.position + m.face * (dot(out_of.direction, m.face) > 0.0 ? m.margin : -m.margin);
        p.direction = out_of.direction;
        p.throughput *= out_of.weight;
        p.absorption = out_of.absorption;
        p.density = 0.0;
        go_on(number, p, pixel, bounces + 1u, first + 6u);
        return;
    }
#endif
    Chances k = chances_of(s, c);
    vec3 above = m.f.position + m.face * m.margin, below = m.f.position - m.face * m.margin;
    bool is_clear = which.x >= 1.0 - k.clear && k.clear > 0.0;
    LampSample lamp = LampSample(vec3(0.0, 1.0, 0.0), vec3(0.0), 0.0, 0.0);
    float share = emitters_share();
    vec2 whose = chance(pixel, first + 4u), spot = chance(pixel, first + 5u);
    bool is_surface = whose.x < share;
    whose.x = is_surface ? whose.x / share : (whose.x - share) / max(1.0 - share, 1e-6);
    for (bool lit = !is_surface && path.lamp_count > 0u; lit; lit = false) lamp = choose_lamp(m.f.position, whose, spot);
    for (; is_surface; is_surface = false) lamp = choose_emitter(m.f.position, whose, spot);
    lamp.irradiance /= lamp.density > 0.0 ? share : 1.0 - share;
    float sky_dense = 0.0;
    vec3 sky_towards = vec3(0.0, 1.0, 0.0);
    for (bool shines = path.sky_size.x > 0u; shines; shines = false) sky_towards = sky_direction(chance(pixel, first + 3u), sky_dense);
    vec3 next = lobe_direction(s, c, k, v, which.x, u), weight = vec3(0.0);
    float density = 0.0;
    // The lamp, the sky, and the way on: one place in the code, for it is long.
    for (uint i = 0u; i < path.three; ++i) {
        vec3 l = i == 0u ? lamp.to_light : i == 1u ? sky_towards : next;
#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
        from_lamp = i == 0u;
#endif
        vec3 light = scattered(m.f, s, c, m.face, l);
        float dense = lobe_density(s, c, k, v, l, dot(l, m.face) > 0.0);
        if (i == 0u && lamp.density > 0.0) light *= lamp.density / (lamp.density + dense);
        if (i == 0u) ask(2u * number, dot(l, m.face) > 0.0 ? above : below, l, lamp.most, p.throughput * light * lamp.irradiance, brightest);
        if (i == 1u && sky_dense > 0.0) {
            // Both ways to the sky are weighed by how densely they come there: Veach and Guibas, "Optimally Combining
            // Sampling Techniques for Monte Carlo Rendering", 1995, the balance heuristic.
            vec3 asked = p.throughput * light * sky_radiance(l) / (sky_dense + dense);
            ask(2u * number + 1u, dot(l, m.face) > 0.0 ? above : below, l, 3.0e38, asked, brightest);
        }
        if (i == 2u) {
            density = dense;
            weight = dense > 0.0 ? light / dense : vec3(0.0);
        }
    }
    p.absorption = vec3(0.0);
#ifdef LAYER_TRANSMISSION
    if (is_clear) {
        Passing through = pass_through(s, c, m.face, v, color, fract(which.y), u);
        next = through.direction;
        weight = through.weight / k.clear;
        density = 0.0; // nothing else comes there
        p.absorption = through.absorption;
        p.flags = (p.flags & ~(3u << PATH_COLOR_AT)) | (through.color << PATH_COLOR_AT);
    }
#endif
    p.origin = dot(next, m.face) > 0.0 ? above : below;
    p.direction = next;
    p.throughput *= weight;
    p.density = density;
    go_on(number, p, pixel, bounces + 1u, first + 6u);
#endif
}

void main() {
    uint number = gl_GlobalInvocationID.x;
    bool is_mine = number < path.tile.z * path.tile.w && paths[number].met != 0u && paths[number].key == kind_key;
    for (; is_mine; is_mine = false) shade(number); // a loop, for software goes through what an `if` skips
}
