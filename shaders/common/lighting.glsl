// Light on a surface: the environment, then every punctual light that reaches the pixel's cluster.
// Energy: what the specular lobes send back, in one bounce and in further ones, is taken from the diffuse lobe, and
// further bounces keep the shape of the first (Turquin, "Practical multiple scattering compensation", 2019).
#include "surface/inputs.glsl"
#include "common/brdf.glsl"
#include "common/environment.glsl"
#include "common/openness.glsl"
#include "common/clusters.glsl"
#include "common/lights.glsl"
#include "common/shadows.glsl"

layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
layout(binding = TEXTURE_DFG) uniform sampler2D dfg_table;
layout(binding = TEXTURE_OPENNESS) uniform sampler2D openness_map; // what nearby surfaces leave open, by pixel

#ifdef LAYER_ANISOTROPY
#include "surface/layers/anisotropy.glsl"
#endif
#ifdef LAYER_IRIDESCENCE
#include "surface/layers/iridescence.glsl"
#endif
#ifdef LAYER_SHEEN
#include "surface/layers/sheen.glsl"
#endif
#ifdef LAYER_CLEARCOAT
#include "surface/layers/clearcoat.glsl"
#endif
#ifdef LAYER_TRANSMISSION
#include "common/behind.glsl"
#include "surface/layers/transmission.glsl"
#endif
#ifdef LAYER_VOLUME
#include "surface/layers/volume.glsl"
#endif
#ifdef LAYER_DISPERSION
#include "surface/layers/dispersion.glsl"
#endif
#ifdef LAYER_DIFFUSE_TRANSMISSION
#include "surface/layers/diffuse_transmission.glsl"
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

// The metallic-roughness core of a surface and the layers over it, seen from the camera.
struct Core {
    vec3 facing;     // normal of the mirror lobe of what is round
    float n_dot_v;
    float roughness; // perceptual
    float alpha;     // its square
    float metallic;
    vec3 f0_dielectric;
    vec3 f0;
    float f90;
    SpecularEnergy energy; // what its mirror lobe sends back
    float entering;  // share of light that goes in where it is dielectric
    vec3 diffuse;    // albedo of what scatters below the surface
    vec3 through;    // share of what lies behind that is seen through the surface
    vec3 leaked;     // albedo of what scatters to the side behind
#ifdef LAYER_ANISOTROPY
    Brush brush;
#endif
#ifdef LAYER_SHEEN
    Cloth cloth;
#endif
#ifdef LAYER_CLEARCOAT
    Coat coat;
#endif
};

// Scale and bias of GGX, and the albedo of white sheen, by cosine of the view and perceptual roughness.
vec3 energy_at(float n_dot_v, float roughness) { return texture(dfg_table, vec2(n_dot_v, roughness)).rgb; }

vec2 mirror_energy(Fragment f, Core c) {
#ifdef LAYER_ANISOTROPY
    vec3 twin = isotropic_twin(c.brush, f.view, c.n_dot_v);
    vec2 dfg = energy_at(twin.x, twin.y).rg;
    return vec2(dfg.x + min(twin.z, 1.0 - dfg.x - dfg.y), dfg.y);
#else
    return energy_at(c.n_dot_v, c.roughness).rg;
#endif
}

Core core_of(Fragment f, SurfaceInputs s) {
    Core c;
    c.facing = s.normal;
    c.metallic = saturate(s.metallic);
    c.n_dot_v = clamp(dot(s.normal, f.view), 1e-3, 1.0);
    c.roughness = saturate(s.roughness);
    c.alpha = max(c.roughness * c.roughness, MIN_ALPHA);
    float f0_scalar = s.ior > 0.0 ? square((s.ior - 1.0) / (s.ior + 1.0)) : 1.0;
    c.f0_dielectric = min(f0_scalar * s.specular_color, vec3(1.0)) * s.specular;
    c.f0 = mix(c.f0_dielectric, s.base_color, c.metallic);
    c.f90 = mix(s.specular, 1.0, c.metallic);
#ifdef LAYER_ANISOTROPY
    c.brush = brush_of(s, c.alpha);
#endif
    vec2 dfg = mirror_energy(f, c);
    vec3 f0_seen = c.f0_dielectric, f0_seen_metal = s.base_color;
    float f90_seen = s.specular;
#ifdef LAYER_IRIDESCENCE
    // Most surfaces are either metal or not, and need one film.
    float seen = mean_cosine(c.n_dot_v, dfg);
    if (c.metallic < 1.0) f0_seen = mix(f0_seen, f0_from_reflectance(film_on(s, f0_seen, seen), seen), s.iridescence);
    if (c.metallic > 0.0) {
        f0_seen_metal = mix(f0_seen_metal, f0_from_reflectance(film_on(s, f0_seen_metal, seen), seen), s.iridescence);
    }
    f90_seen = mix(f90_seen, 1.0, s.iridescence);
#endif
    SpecularEnergy dielectric = specular_energy(f0_seen, f90_seen, dfg);
    c.energy = mix_energies(dielectric, specular_energy(f0_seen_metal, 1.0, dfg), c.metallic);
    c.entering = (1.0 - c.metallic) * (1.0 - max3(dielectric.single + dielectric.multiple));
    c.diffuse = s.base_color * (c.entering * (1.0 - s.transmission));
    c.through = c.leaked = vec3(0.0);
#ifdef LAYER_TRANSMISSION
    // By colour, unlike what is scattered: what a film sends back is missing behind it.
    vec3 enters = max(1.0 - dielectric.single - dielectric.multiple, 0.0);
    c.through = s.base_color * ((1.0 - c.metallic) * s.transmission) * enters;
#ifdef LAYER_VOLUME
    // A closed thing has a far side, which sends back as much: of what it sends, the near side lets out what it let in.
    vec3 kept = s.base_color * volume_transmittance(s.attenuation_color, s.attenuation_distance, s.thickness);
    vec3 leaving = enters / (1.0 - kept * kept * (1.0 - enters) * (1.0 - enters));
    c.energy.single += ((1.0 - c.metallic) * s.transmission) * kept * kept * (1.0 - enters) * enters * leaving;
    c.through *= leaving;
#endif
#endif
#ifdef LAYER_DIFFUSE_TRANSMISSION
    c.leaked = leaked_albedo(s, c.entering * (1.0 - s.transmission));
    c.diffuse *= 1.0 - s.diffuse_transmission;
#ifdef LAYER_VOLUME
    c.leaked *= volume_transmittance(s.attenuation_color, s.attenuation_distance, s.thickness);
#endif
#endif
#ifdef LAYER_SHEEN
    c.cloth = cloth_of(s, c.n_dot_v, energy_at(c.n_dot_v, max(s.sheen_roughness, MIN_SHEEN_ROUGHNESS)).b);
#endif
#ifdef LAYER_CLEARCOAT
    c.coat = coat_of(f, s, energy_at(coat_n_dot_v(f, s), saturate(s.clearcoat_roughness)).rg);
#endif
    return c;
}

// Reflectance of a microfacet.
vec3 facet_fresnel(SurfaceInputs s, Core c, float v_dot_h) {
    vec3 bare = schlick_fresnel(c.f0, c.f90, v_dot_h);
#ifdef LAYER_IRIDESCENCE
    vec3 filmed = vec3(0.0);
    if (c.metallic < 1.0) filmed += (1.0 - c.metallic) * film_on(s, c.f0_dielectric, v_dot_h);
    if (c.metallic > 0.0) filmed += c.metallic * film_on(s, s.base_color, v_dot_h);
    return mix(bare, filmed, s.iridescence);
#else
    return bare;
#endif
}

// Distribution times visibility of the mirror lobe.
float facets(Fragment f, SurfaceInputs s, Core c, vec3 to_light, float n_dot_l, vec3 h) {
#ifdef LAYER_ANISOTROPY
    return anisotropic_lobe(c.brush, s.normal, f.view, c.n_dot_v, to_light, n_dot_l, h);
#else
    return ggx_distribution(saturate(dot(s.normal, h)), c.alpha) * smith_visibility(c.n_dot_v, n_dot_l, c.alpha);
#endif
}

// What the layers over the base leave of light that comes out of it, emission for one.
float passing_layers(Core c) {
    float passes = 1.0;
#ifdef LAYER_SHEEN
    passes *= c.cloth.passes;
#endif
#ifdef LAYER_CLEARCOAT
    passes *= c.coat.passes;
#endif
    return passes;
}

// What the surface itself sends out; cloth is too thin to hide that.
vec3 emitted_light(SurfaceInputs s, Core c) {
#ifdef LAYER_CLEARCOAT
    return s.emissive * c.coat.passes;
#else
    return s.emissive;
#endif
}

#include "common/transmitted.glsl"

// Light from all around that the surface sends to the camera. `near` is what surfaces nearby leave open.
vec3 environment_light(Fragment f, SurfaceInputs s, Core c, float near) {
    vec3 n = sky_from_world(s.normal), v = sky_from_world(f.view);
    float open = reflection_openness(c.n_dot_v, s.occlusion * near, c.roughness);
    vec3 light = environment_irradiance(environment_atlas, n) * c.diffuse * s.occlusion * openness_with_bounces(near, s.base_color);
#ifdef LAYER_DIFFUSE_TRANSMISSION
    light += environment_irradiance(environment_atlas, -n) * c.leaked;
#endif
#ifdef LAYER_ANISOTROPY
    vec3 mirrored = environment_anisotropic(environment_atlas, n, v, sky_from_world(c.brush.along), c.brush.alpha);
#else
    vec3 mirrored = environment_reflection(environment_atlas, sky_from_world(c.facing), v, c.roughness);
#endif
    light += mirrored * (c.energy.single + c.energy.multiple) * open;
#ifdef LAYER_SHEEN
    light = light * c.cloth.passes + environment_sheen(environment_atlas, n, v, c.cloth.roughness) * c.cloth.albedo * (s.occlusion * near);
#endif
#ifdef LAYER_CLEARCOAT
    float coat_open = reflection_openness(c.coat.n_dot_v, s.occlusion * near, c.coat.roughness);
    vec3 coat = coat_surroundings(c.coat, environment_atlas, sky_from_world(s.clearcoat_normal), v);
    light = light * c.coat.passes + coat * c.coat.albedo * coat_open;
#endif
    return light * lighting.sky_turn.z;
}

// What the surface sends to the camera of light from one direction, by irradiance on a surface that faces the light.
vec3 punctual_light(Fragment f, SurfaceInputs s, Core c, vec3 to_light) {
    vec3 light = vec3(0.0);
    float n_dot_l = dot(s.normal, to_light);
    if (n_dot_l > 0.0) {
        vec3 h = normalize(to_light + f.view);
        vec3 lobe = facet_fresnel(s, c, saturate(dot(f.view, h))) * c.energy.compensation;
        light = c.diffuse / PI + lobe * facets(f, s, c, to_light, n_dot_l, h);
#ifdef LAYER_SHEEN
        float passes = min(c.cloth.passes, 1.0 - max3(c.cloth.color) * min(1.0, energy_at(n_dot_l, c.cloth.roughness).b));
        light = light * passes + sheen_lobe(c.cloth, c.n_dot_v, n_dot_l, saturate(dot(s.normal, h)));
#endif
        light *= n_dot_l;
    }
#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
    else {
        light = punctual_light_from_behind(f, s, c, to_light, n_dot_l);
#ifdef LAYER_SHEEN
        light *= c.cloth.passes;
#endif
    }
#endif
#ifdef LAYER_CLEARCOAT
    light = light * c.coat.passes + coat_light(c.coat, s.clearcoat_normal, f.view, to_light);
#endif
    return light;
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

#if defined(LIGHT_MODEL) || defined(USES_SKY)
vec3 sky_light(vec3 normal) { return environment_irradiance(environment_atlas, sky_from_world(normal)) * lighting.sky_turn.z; }
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
        list = cluster_of(pixel, viewport, depth) * uint(CLUSTER_STRIDE);
        local = cluster_lists[list];
    }
    for (uint i = 0u; i < directional + local; ++i) {
        uint number = i < directional || !clustered ? i : directional + cluster_lists[list + 1u + i - directional];
        LightRow row = light_row(number);
        vec3 to_light;
        vec3 irradiance = light_irradiance(row, f.position, to_light);
        if (max3(irradiance) <= 0.0) continue;
#ifndef LIGHT_MODEL
        if (!is_lit_from(s, to_light)) continue;
#endif
        float shadow = 1.0;
#ifdef SHADOWS
        // What is lit from behind would stand in its own shadow: the light is asked for at the far side.
        bool from_behind = dot(f.normal, to_light) < 0.0;
        vec3 lit_at = f.position + to_light * (from_behind ? s.thickness : 0.0);
        shadow = shadow_factor(row, lit_at, from_behind ? -f.normal : f.normal, to_light, depth);
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
