// Light on a surface: the environment, then every punctual light that reaches the pixel's cluster.
// Energy: what the specular lobes send back, in one bounce and in further ones, is taken from the diffuse lobe, and
// further bounces keep the shape of the first (Turquin, "Practical multiple scattering compensation", 2019).
#include "surface/inputs.glsl"
#include "common/brdf.glsl"
#include "common/environment.glsl"
#include "common/clusters.glsl"
#include "common/lights.glsl"
#include "common/shadows.glsl"

layout(binding = TEXTURE_ENVIRONMENT) uniform sampler2D environment_atlas;
layout(binding = TEXTURE_DFG) uniform sampler2D dfg_table;
layout(binding = TEXTURE_OPENNESS) uniform sampler2D openness_map; // what nearby surfaces leave open, by pixel

// The turn of the sky about the vertical.
vec3 sky_from_world(vec3 d) {
    vec2 cs = lighting.sky_turn.xy;
    return vec3(cs.x * d.x - cs.y * d.z, d.y, cs.y * d.x + cs.x * d.z);
}

// Where occlusion of the hemisphere hides the mirror image: Lagarde, "Moving Frostbite to PBR", 2014.
float specular_occlusion(float n_dot_v, float occlusion, float roughness) {
    return saturate(pow(n_dot_v + occlusion, exp2(-16.0 * roughness - 1.0)) - 1.0 + occlusion);
}

// Light that bounces between near surfaces brightens what they hide, the more the paler they are: Jimenez et al. 2016.
vec3 openness_with_bounces(float open, vec3 albedo) {
    vec3 a = 2.0404 * albedo - 0.3324, b = -4.7951 * albedo + 0.6417, c = 2.7552 * albedo + 0.6903;
    return max(vec3(open), ((open * a + b) * open + c) * open);
}

// Radiance towards the camera, premultiplied by how much it covers what is behind. `pixel` is gl_FragCoord.xy,
// `viewport` its size and inverse, `depth` metres along the view.
//
// Transmission is that of a thin, clear pane: what is behind shows through, dimmed evenly by the base colour.
vec4 shade(Fragment f, SurfaceInputs s, vec2 pixel, vec4 viewport, float depth) {
    if ((s.features & FEATURE_UNLIT) != 0u) return vec4(s.base_color * s.opacity, s.opacity);
    float metallic = saturate(s.metallic);
    float roughness = saturate(s.roughness);
    float alpha = max(roughness * roughness, MIN_ALPHA);
    float f0_scalar = s.ior > 0.0 ? square((s.ior - 1.0) / (s.ior + 1.0)) : 1.0;
    vec3 f0_dielectric = min(f0_scalar * s.specular_color, vec3(1.0)) * s.specular;
    vec3 f0 = mix(f0_dielectric, s.base_color, metallic);
    float f90 = mix(s.specular, 1.0, metallic);
    float n_dot_v = clamp(dot(s.normal, f.view), 1e-3, 1.0);
    vec2 dfg = texture(dfg_table, vec2(n_dot_v, roughness)).rg;
    SpecularEnergy energy = specular_energy(f0, f90, dfg);
    SpecularEnergy under = specular_energy(f0_dielectric, s.specular, dfg);
    float left = (1.0 - metallic) * (1.0 - max3(under.single + under.multiple));
    float through = left * s.transmission * luminance(s.base_color);
    vec3 diffuse = s.base_color * (left * (1.0 - s.transmission));

    vec3 mirror = reflect(-f.view, s.normal);
    // Rough lobes lean from the mirror towards the normal.
    vec3 towards = normalize(mix(mirror, s.normal, alpha));
    float near = f.blended ? 1.0 : texture(openness_map, pixel * viewport.zw).r;
    float open = specular_occlusion(n_dot_v, s.occlusion * near, roughness);
    vec3 light = environment_irradiance(environment_atlas, sky_from_world(s.normal)) * diffuse * s.occlusion
        * openness_with_bounces(near, s.base_color);
    light += environment_reflection(environment_atlas, sky_from_world(towards), roughness)
        * (energy.single + energy.multiple) * open;
    light *= lighting.sky_turn.z;

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
        LightRow row = lights[number];
        vec3 to_light;
        vec3 irradiance = light_irradiance(row, f.position, to_light);
        float n_dot_l = dot(s.normal, to_light);
        if (n_dot_l <= 0.0 || max3(irradiance) <= 0.0) continue;
#ifdef SHADOWS
        irradiance *= shadow_factor(row, f.position, f.normal, to_light, depth);
#endif
        vec3 h = normalize(to_light + f.view);
        float n_dot_h = saturate(dot(s.normal, h));
        vec3 lobe = schlick_fresnel(f0, f90, saturate(dot(f.view, h))) * energy.compensation
            * (ggx_distribution(n_dot_h, alpha) * smith_visibility(n_dot_v, n_dot_l, alpha));
        light += (diffuse / PI + lobe) * irradiance * n_dot_l;
    }
    return vec4(light + s.emissive, 1.0 - through) * s.opacity;
}
