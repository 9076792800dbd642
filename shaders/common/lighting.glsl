// Light on a surface: the environment, then every punctual light that reaches the pixel's cluster.
#include "surface/inputs.glsl"
#include "common/brdf.glsl"
#include "common/environment.glsl"
#include "common/openness.glsl"
#include "common/clusters.glsl"
#include "common/lights.glsl"
#ifndef LEAN_MAPS
#include "common/shadows.glsl"
#endif

layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
layout(binding = TEXTURE_OPENNESS) uniform sampler2D openness_map; // what nearby surfaces leave open, by pixel

#ifdef LAYER_TRANSMISSION
#include "common/behind.glsl"
#endif
#include "common/reflection.glsl"
#if defined(PROBES) && !defined(UNLIT)
#include "common/indirect/probes.glsl"
#endif

// The turn of the sky about the vertical.
vec3 sky_from_world(vec3 d) {
    vec2 cs = lighting.sky_turn.xy;
    return vec3(cs.x * d.x - cs.y * d.z, d.y, cs.y * d.x + cs.x * d.z);
}

// Light that bounces between near surfaces brightens what they hide, the more the paler they are: Jimenez et al. 2016.
vec3 openness_with_bounces(float open, vec3 albedo) {
    vec3 a = 2.0404 * albedo - 0.3324, b = -4.7951 * albedo + 0.6417, c = 2.7552 * albedo + 0.6903;
    return max(vec3(open), ((open * a + b) * open + c) * open);
}

#include "common/transmitted.glsl"
#ifdef LEAN_MAPS
#include "common/lean_light.glsl"
#endif

#if defined(UNLIT) || defined(TRACED)
#undef REFLECTIONS
#endif
#ifdef REFLECTIONS
#include "common/reflections/probes.glsl"

// What a mirror lobe shows where things nearby are known: `far` is what it was thought to show, `sky` the sky alone, `open` how much
// of both was thought to be seen, which the probes know better.
vec3 mirrored_nearby(vec3 position, vec3 n, vec3 v, float roughness, vec3 far, vec3 sky, inout float open) {
    NearMirror near = near_mirror(position, n, v, roughness);
    open = mix(1.0, open, near.rest);
    return far * near.rest + near.light + sky * near.sky;
}
#endif
#if defined(LOBES) || defined(MIRRORED)
// The sharpest mirror lobe of the fragment, for rays through the picture: `passes/reflections`.
vec3 lobe_weight = vec3(0.0), lobe_known = vec3(0.0), lobe_normal = vec3(0.0, 1.0, 0.0);
float lobe_roughness = 1.0;
#endif

#if defined(PROBES) && !defined(UNLIT) && !defined(TRACED)
#define LIT_BY_PROBES
// What probes make of the light from all around: `diffuse` in place of the sky's, `kept` of what mirrors show of the sky, and `more`
// that is not from the sky.
struct AroundByProbes {
    vec3 diffuse, kept, more;
};

AroundByProbes around_by_probes(vec3 position, vec3 n, vec3 v) {
    vec3 r = reflect(-v, n);
    ProbeLight found = probe_light(position, n, v, r);
    vec3 sky = environment_irradiance(environment_atlas, sky_from_world(n)) * lighting.sky_turn.z;
    vec3 mirrored = environment_irradiance(environment_atlas, sky_from_world(r)) * lighting.sky_turn.z;
    vec3 kept = min(found.mirrored / max(mirrored, vec3(1e-6)), vec3(1.0));
    return AroundByProbes(mix(sky, found.diffuse, found.share), mix(vec3(1.0), kept, found.share),
        max(found.mirrored - mirrored, vec3(0.0)) * found.share);
}
vec3 lit_position, lit_view; // of the fragment, for surfaces that answer light in ways of their own
#endif

// Light from all around that the surface sends to the camera. `near` is what surfaces nearby leave open.
vec3 environment_light(Fragment f, SurfaceInputs s, Core c, float near) {
    vec3 n = sky_from_world(s.normal), v = sky_from_world(f.view);
    float open = reflection_openness(c.n_dot_v, s.occlusion * near, c.roughness);
#if defined(LIT_BY_PROBES) || defined(REFLECTIONS) || defined(LOBES) || defined(MIRRORED)
#define LIT_IN_RADIANCE // else all light is in shares of the sky's
    float bright = lighting.sky_turn.z;
#endif
#ifdef LIT_BY_PROBES
    AroundByProbes around = around_by_probes(f.position, s.normal, f.view);
    vec3 light = around.diffuse * c.diffuse * s.occlusion * openness_with_bounces(near, s.base_color);
#else
    vec3 light = environment_irradiance(environment_atlas, n) * c.diffuse * s.occlusion * openness_with_bounces(near, s.base_color);
#ifdef LIT_IN_RADIANCE
    light *= bright;
#endif
#endif
#ifdef LAYER_DIFFUSE_TRANSMISSION
#ifdef LIT_BY_PROBES
    light += around_by_probes(f.position, -s.normal, -f.view).diffuse * c.leaked;
#else
#ifdef LIT_IN_RADIANCE
    light += environment_irradiance(environment_atlas, -n) * c.leaked * bright;
#else
    light += environment_irradiance(environment_atlas, -n) * c.leaked;
#endif
#endif
#endif
#ifdef LAYER_ANISOTROPY
    vec3 mirrored = environment_anisotropic(environment_atlas, n, v, sky_from_world(c.brush.along), c.brush.alpha);
#else
    vec3 mirrored = environment_reflection(environment_atlas, sky_from_world(c.facing), v, c.roughness);
#endif
#ifdef REFLECTIONS
    vec3 sky = mirrored * bright;
#endif
#ifdef LIT_BY_PROBES
    mirrored = mirrored * bright * around.kept + around.more;
#elif defined(LIT_IN_RADIANCE)
    mirrored *= bright;
#endif
#ifdef REFLECTIONS
    mirrored = mirrored_nearby(f.position, c.facing, f.view, c.roughness, mirrored, sky, open);
#endif
    light += mirrored * (c.energy.single + c.energy.multiple) * open;
#if defined(LOBES) || defined(MIRRORED)
    lobe_weight = c.energy.single + c.energy.multiple;
    lobe_known = mirrored * open;
    lobe_normal = c.facing;
    lobe_roughness = c.roughness;
#endif
#ifdef LAYER_SHEEN
    vec3 cloth = environment_sheen(environment_atlas, n, v, c.cloth.roughness);
    float cloth_open = s.occlusion * near;
#ifdef REFLECTIONS
    vec3 sky_on_cloth = cloth * bright;
#endif
#ifdef LIT_BY_PROBES
    cloth = cloth * bright * around.kept + around.more;
#elif defined(LIT_IN_RADIANCE)
    cloth *= bright;
#endif
#ifdef REFLECTIONS // its lobe is nearly even around the normal
    cloth = mirrored_nearby(f.position, s.normal, s.normal, c.cloth.roughness, cloth, sky_on_cloth, cloth_open);
#endif
    light = light * c.cloth.passes + cloth * c.cloth.albedo * cloth_open;
#if defined(LOBES) || defined(MIRRORED)
    lobe_weight *= c.cloth.passes;
#endif
#endif
#ifdef LAYER_CLEARCOAT
    float coat_open = reflection_openness(c.coat.n_dot_v, s.occlusion * near, c.coat.roughness);
    vec3 coat = coat_surroundings(c.coat, environment_atlas, sky_from_world(s.clearcoat_normal), v);
#ifdef REFLECTIONS
    vec3 sky_on_coat = coat * bright;
#endif
#ifdef LIT_BY_PROBES
    coat = coat * bright * around.kept + around.more;
#elif defined(LIT_IN_RADIANCE)
    coat *= bright;
#endif
#ifdef REFLECTIONS
    coat = mirrored_nearby(f.position, s.clearcoat_normal, f.view, c.coat.roughness, coat, sky_on_coat, coat_open);
#endif
    light = light * c.coat.passes + coat * c.coat.albedo * coat_open;
#if defined(LOBES) || defined(MIRRORED)
    lobe_weight = vec3(c.coat.albedo);
    lobe_known = coat * coat_open;
    lobe_normal = s.clearcoat_normal;
    lobe_roughness = c.coat.roughness;
#endif
#endif
#ifdef LIT_IN_RADIANCE
    return light;
#else
    return light * lighting.sky_turn.z;
#endif
}

// Whether light from there can reach the camera by this surface at all.
bool is_lit_from(SurfaceInputs s, vec3 to_light) {
#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
    return true;
#endif
#ifdef LAYER_CLEARCOAT
    if (dot(s.clearcoat_normal, to_light) > 0.0) return true;
#endif
    return dot(s.normal, to_light) > 0.0;
}

#if defined(LIGHT_MODEL) || defined(UNLIT)
#undef TRACED
#endif
#ifdef TRACED
#include "common/traced_light.glsl"
#endif
#if defined(AREAS) && !defined(LIGHT_MODEL) && !defined(UNLIT)
#define SHADES_AREAS
#include "common/lamps/areas.glsl"
#endif

#if defined(LIGHT_MODEL) || defined(USES_SKY)
#ifdef LIT_BY_PROBES
vec3 sky_light(vec3 normal) { return around_by_probes(lit_position, normal, lit_view).diffuse; }
#else
vec3 sky_light(vec3 normal) { return environment_irradiance(environment_atlas, sky_from_world(normal)) * lighting.sky_turn.z; }
#endif
vec3 sky_mirror(vec3 normal, vec3 view, float roughness) {
    return environment_reflection(environment_atlas, sky_from_world(normal), sky_from_world(view), roughness) * lighting.sky_turn.z;
}
#endif

// Radiance towards the camera, premultiplied by how much it covers what is behind. `pixel` is gl_FragCoord.xy,
// `viewport` its size and inverse, `depth` metres along the view.
//
// What is seen through the surface is part of its radiance: a transmissive surface covers all that is behind it.
vec4 shade(Fragment f, SurfaceInputs s, vec2 pixel, vec4 viewport, float depth) {
#ifdef UNLIT
    return vec4(s.base_color * s.opacity, s.opacity);
#elif defined(LEAN_MAPS)
    return vec4(lean_light(f, s, depth), 1.0) * s.opacity;
#else
#ifdef TRACED
    s.occlusion = 1.0; // rays see what hides the sky; a painted guess would darken twice
    vec3 face = normalize(cross(dFdx(f.position), dFdy(f.position)));
    if (dot(face, f.view) < 0.0) face = -face;
#endif
#ifdef TRACED
    s.clearcoat_normal = normal_that_mirrors_out(s.clearcoat_normal, f.normal, f.view);
#endif
#ifndef LIGHT_MODEL
    Core core = core_of(f, s);
#endif
#ifdef TRACED
    core.facing = normal_that_mirrors_out(s.normal, f.normal, f.view);
#endif
#ifdef LIT_BY_PROBES
    lit_position = f.position;
    lit_view = f.view;
#endif
#ifdef BLENDED
    float near = 1.0;
#else
    float near = texture(openness_map, pixel * viewport.zw).r;
#endif
#ifdef LIGHT_MODEL // the surface answers light in a way of its own: `surface/own.glsl`
    vec3 light = light_from_surroundings(f, s, near);
#else
    vec3 light = emitted_light(s, core) + environment_light(f, s, core, near);
#ifdef TRACED
    light += traced_light(f, s, core, face, pixel, depth);
#endif
#endif

    // All directional lights, then those of the cluster (or all local ones, where they are few).
    uint directional = lighting.light_counts.x;
    uint local = lighting.light_counts.y;
    uint list = 0u;
    bool clustered = lighting.light_counts.z != 0u;
    if (clustered) {
        uvec2 found = cluster_list(cluster_of(pixel, viewport, depth));
        list = found.x;
        local = found.y;
    }
    for (uint i = 0u; i < directional + local; ++i) {
        uint number = i < directional || !clustered ? i : cluster_lists[list + i - directional];
        LightRow row = light_row(number);
        vec3 to_light;
        vec3 irradiance = light_irradiance(row, f.position, to_light);
        if (max3(irradiance) <= 0.0) continue;
#ifdef SHADES_AREAS
        bool is_area = row.kind == LIGHT_AREA; // parts of it may be above a horizon that its middle is below
        if (!is_area && !is_lit_from(s, to_light)) continue;
#elif !defined(LIGHT_MODEL)
        if (!is_lit_from(s, to_light)) continue;
#endif
        float shadow = 1.0;
#ifdef SHADOWS
        // What is lit from behind would stand in its own shadow: the light is asked for at the far side.
        bool from_behind = dot(f.normal, to_light) < 0.0;
        vec3 lit_at = f.position + to_light * (from_behind ? s.thickness : 0.0);
        shadow = shadow_factor(row, lit_at, from_behind ? -f.normal : f.normal, to_light, depth, fract(gradient_noise(pixel) + lighting.sky_turn.w));
#if defined(CONTACT) && !defined(BLENDED)
        if (row.kind == LIGHT_DIRECTIONAL && row.shadow >= 0) shadow = min(shadow, texture(openness_map, pixel * viewport.zw).g);
#endif
#endif
#ifdef SHADES_AREAS
        if (is_area) {
            light += area_light(f, s, core, row, to_light, irradiance) * shadow;
            continue;
        }
#endif
#ifdef LIGHT_MODEL
        light += light_from_lamp(f, s, to_light, irradiance, shadow);
#else
        light += punctual_light(f, s, core, to_light) * (irradiance * shadow);
#endif
    }
#if defined(LAYER_TRANSMISSION) && !defined(LIGHT_MODEL)
    light += transmitted_light(f, s, core, pixel * viewport.zw, depth) * passing_layers(core);
#endif
    return vec4(light, 1.0) * s.opacity;
#endif
}
