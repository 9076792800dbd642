// Light for software that draws: a sun alone, and a sky that is smooth. Each look at a texture costs there what a hundred sums do, so
// that the sky's light on rough surfaces is a quadratic form of the normal, mirrors look at one lobe, and the sun's numbers stand in a
// uniform block. Reflectance is looked up: formulas short enough to be cheaper leave out what rough surfaces mirror at grazing angles. The
// whole of it is `common/lighting.glsl`.
#include "common/brdf.glsl"
#include "common/environment.glsl"
#include "common/reflection.glsl"

// Irradiance / pi by the first nine harmonics: Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment Maps", 2001.
vec3 lean_irradiance(vec3 n) {
    vec4 d = vec4(n, 1.0);
    return max(vec3(dot(d, lighting.sky_red * d), dot(d, lighting.sky_green * d), dot(d, lighting.sky_blue * d)), vec3(0.0));
}

// What a mirror of this roughness shows around `d`: the nearest of the lobes that are kept.
vec3 lean_mirror(sampler2D atlas, vec3 d, float alpha) {
    float last = float(ENVIRONMENT_LEVELS - 1);
    int level = int(clamp(last + 0.5 * ENVIRONMENT_LEVEL_SLOPE * log2(alpha) + 0.5, 1.0, last));
    ivec3 tile = ENVIRONMENT_TILES[0]; // all are asked, which is less than finding one by number
    for (int i = 1; i < ENVIRONMENT_LEVELS - 1; ++i) tile = level > i ? ENVIRONMENT_TILES[i] : tile;
    return environment_tile(atlas, tile, octahedron_from_direction(d));
}

#if LEAN_MAPS > 0
layout(binding = TEXTURE_SHADOWS) uniform sampler2D shadow_atlas;

// 1 in the sun, 0 in shadow; four texels around a place weigh as they lie.
float lean_shadow(vec3 position, vec3 normal, vec3 to_sun, float n_dot_l, float depth) {
    float slope = sqrt(saturate(1.0 - n_dot_l * n_dot_l));
    vec4 rect = shadows[0].rect;
    vec3 place = vec3(0.0);
    bool inside = false;
    // Maps are parallel: all are asked, which is less than finding rows by number.
    for (int i = LEAN_MAPS - 1; i >= 0; --i) {
        float texel = shadows[i].texel_size;
        vec4 moved = vec4(position + normal * (texel * (0.5 + 1.5 * slope)) + to_sun * (texel * 0.5), 1.0);
        vec3 ndc = (shadows[i].clip_from_world * moved).xyz;
        bool here = depth <= shadows[i].far_depth && max(abs(ndc.x), abs(ndc.y)) <= 1.0 && ndc.z > 0.0;
        place = here ? ndc : place;
        rect = here ? shadows[i].rect : rect;
        inside = inside || here;
    }
    vec2 size = vec2(textureSize(shadow_atlas, 0)), margin = 1.0 / size;
    vec2 p = (rect.xy + (place.xy * 0.5 + 0.5) * rect.zw) * size - 0.5, between = fract(p);
    vec2 corner = clamp((p - between + 1.0) * margin, rect.xy + margin, rect.xy + rect.zw - margin);
    vec4 passes = step(textureGather(shadow_atlas, corner), vec4(min(place.z, 1.0)));
    vec2 rows = mix(passes.wx, passes.zy, between.x);
    return inside ? mix(rows.x, rows.y, between.y) : 1.0;
}
#endif

vec3 lean_light(Fragment f, SurfaceInputs s, float depth) {
    float metallic = saturate(s.metallic), roughness = saturate(s.roughness), alpha = max(roughness * roughness, MIN_ALPHA);
    float n_dot_v = clamp(dot(s.normal, f.view), 1e-3, 1.0);
    float f0_scalar = s.ior > 0.0 ? square((s.ior - 1.0) / (s.ior + 1.0)) : 1.0;
    vec3 dielectric = min(f0_scalar * s.specular_color, vec3(1.0)) * s.specular;
    vec3 f0 = mix(dielectric, s.base_color, metallic);
    vec2 dfg = energy_at(n_dot_v, roughness).xy;
    vec3 bounces = 1.0 + f0 * (1.0 / max(dfg.x + dfg.y, 1e-3) - 1.0); // Turquin, "Practical multiple scattering compensation", 2019
    vec3 mirrors = (f0 * dfg.x + mix(s.specular, 1.0, metallic) * dfg.y) * bounces;
    vec3 diffuse = s.base_color * ((1.0 - metallic) * saturate(1.0 - max3(dielectric) * dfg.x - s.specular * dfg.y));

    vec3 mirrored = mix(reflect(-f.view, s.normal), s.normal, alpha * alpha);
    vec3 light = lean_irradiance(sky_from_world(s.normal)) * diffuse + lean_mirror(environment_atlas, sky_from_world(mirrored), alpha) * mirrors;
    light = light * (s.occlusion * lighting.sky_turn.z) + s.emissive;

    vec3 to_sun = lighting.sun_towards.xyz;
    float n_dot_l = saturate(dot(s.normal, to_sun));
    vec3 h = normalize(to_sun + f.view);
    vec3 lobe = schlick_fresnel(f0, mix(s.specular, 1.0, metallic), saturate(dot(f.view, h))) * bounces;
    lobe *= ggx_distribution(saturate(dot(s.normal, h)), alpha) * smith_visibility(n_dot_v, n_dot_l, alpha);
    vec3 sunlit = (diffuse * (1.0 / PI) + lobe) * lighting.sun_light.rgb * n_dot_l;
#if LEAN_MAPS > 0
    sunlit *= lean_shadow(f.position, f.normal, to_sun, dot(f.normal, to_sun), depth);
#endif
    return light + sunlit;
}
