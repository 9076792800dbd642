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

// The metallic-roughness core of a surface, seen from the camera.
struct Core {
    float n_dot_v;
    float roughness; // perceptual
    float alpha;     // its square
    vec3 f0;
    float f90;
    SpecularEnergy energy; // what its mirror lobe sends back
    float entering;  // share of light that goes in where it is dielectric
    vec3 diffuse;    // albedo of what scatters below the surface
};

Core core_of(Fragment f, SurfaceInputs s) {
    Core c;
    float metallic = saturate(s.metallic);
    c.n_dot_v = clamp(dot(s.normal, f.view), 1e-3, 1.0);
    c.roughness = saturate(s.roughness);
    c.alpha = max(c.roughness * c.roughness, MIN_ALPHA);
    float f0_scalar = s.ior > 0.0 ? square((s.ior - 1.0) / (s.ior + 1.0)) : 1.0;
    vec3 f0_dielectric = min(f0_scalar * s.specular_color, vec3(1.0)) * s.specular;
    c.f0 = mix(f0_dielectric, s.base_color, metallic);
    c.f90 = mix(s.specular, 1.0, metallic);
    vec2 dfg = texture(dfg_table, vec2(c.n_dot_v, c.roughness)).rg;
    c.energy = specular_energy(c.f0, c.f90, dfg);
    SpecularEnergy dielectric = specular_energy(f0_dielectric, s.specular, dfg);
    c.entering = (1.0 - metallic) * (1.0 - max3(dielectric.single + dielectric.multiple));
    c.diffuse = s.base_color * (c.entering * (1.0 - s.transmission));
    return c;
}

// Light from all around that the surface sends to the camera. `near` is what surfaces nearby leave open.
vec3 environment_light(Fragment f, SurfaceInputs s, Core c, float near) {
    // Rough lobes lean from the mirror towards the normal.
    vec3 towards = normalize(mix(reflect(-f.view, s.normal), s.normal, c.alpha));
    float open = specular_occlusion(c.n_dot_v, s.occlusion * near, c.roughness);
    vec3 light = environment_irradiance(environment_atlas, sky_from_world(s.normal)) * c.diffuse * s.occlusion
        * openness_with_bounces(near, s.base_color);
    light += environment_reflection(environment_atlas, sky_from_world(towards), c.roughness)
        * (c.energy.single + c.energy.multiple) * open;
    return light * lighting.sky_turn.z;
}

// What the surface sends to the camera of light from one direction, by irradiance on a surface that faces the light.
vec3 punctual_light(Fragment f, SurfaceInputs s, Core c, vec3 to_light) {
    float n_dot_l = dot(s.normal, to_light);
    if (n_dot_l <= 0.0) return vec3(0.0);
    vec3 h = normalize(to_light + f.view);
    vec3 lobe = schlick_fresnel(c.f0, c.f90, saturate(dot(f.view, h))) * c.energy.compensation
        * (ggx_distribution(saturate(dot(s.normal, h)), c.alpha) * smith_visibility(c.n_dot_v, n_dot_l, c.alpha));
    return (c.diffuse / PI + lobe) * n_dot_l;
}

// Whether light from there can reach the camera by this surface at all.
bool is_lit_from(SurfaceInputs s, vec3 to_light) { return dot(s.normal, to_light) > 0.0; }

// Radiance towards the camera, premultiplied by how much it covers what is behind. `pixel` is gl_FragCoord.xy,
// `viewport` its size and inverse, `depth` metres along the view.
//
// Transmission is that of a thin, clear pane: what is behind shows through, dimmed evenly by the base colour.
vec4 shade(Fragment f, SurfaceInputs s, vec2 pixel, vec4 viewport, float depth) {
#ifdef UNLIT
    return vec4(s.base_color * s.opacity, s.opacity);
#else
    Core core = core_of(f, s);
#ifdef BLENDED
    float near = 1.0;
#else
    float near = texture(openness_map, pixel * viewport.zw).r;
#endif
    vec3 light = s.emissive + environment_light(f, s, core, near);

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
        if (!is_lit_from(s, to_light) || max3(irradiance) <= 0.0) continue;
#ifdef SHADOWS
        irradiance *= shadow_factor(row, f.position, f.normal, to_light, depth);
#endif
        light += punctual_light(f, s, core, to_light) * irradiance;
    }
    float covers = 1.0;
#ifdef LAYER_TRANSMISSION
    covers -= core.entering * s.transmission * luminance(s.base_color);
#endif
    return vec4(light, covers) * s.opacity;
#endif
}
