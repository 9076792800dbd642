// Light that comes through a surface from the side behind; included by `common/lighting.glsl`, which says what `Core` is.
#ifdef LAYER_VOLUME
#define THIN false
#else
#define THIN true
#endif

#ifdef LAYER_TRANSMISSION
// What lies behind, seen through the surface where light of one index of refraction goes.
vec3 behind_surface(Fragment f, SurfaceInputs s, Core c, float ior, vec2 uv, float depth) {
    float roughness = transmission_roughness(c.roughness, s.ior, THIN);
    float alpha = square(roughness);
    vec3 n = s.normal, start = f.position, towards = -f.view;
    float path = 0.0;
#ifdef LAYER_VOLUME
    Passage p = passage_through(n, f.view, ior, s.thickness, s.curvature);
    start += p.travel;
    towards = p.direction;
    path = p.path;
#endif
    Sight sight = sight_along(start, towards, uv, depth);
    vec4 drawn = vec4(0.0);
    if (sight.known > 0.0) drawn = behind_blurred(sight.uv, blur_in_pixels(sight, alpha, path)) * sight.known;
    if (drawn.a < 0.999) {
#ifdef LAYER_VOLUME
        vec3 sky = environment_reflection(environment_atlas, sky_from_world(towards), roughness);
#else
        vec3 sky = environment_transmission(environment_atlas, sky_from_world(n), sky_from_world(f.view), roughness);
#endif
        drawn.rgb += (1.0 - drawn.a) * sky * lighting.sky_turn.z;
    }
#ifdef LAYER_VOLUME
    drawn.rgb *= volume_transmittance(s.attenuation_color, s.attenuation_distance, path);
#endif
    return drawn.rgb;
}

vec3 transmitted_light(Fragment f, SurfaceInputs s, Core c, vec2 uv, float depth) {
    if (max3(c.through) <= 0.0) return vec3(0.0);
#ifdef LAYER_DISPERSION
    vec3 iors = dispersed_iors(s.ior, s.dispersion);
    vec3 seen = vec3(behind_surface(f, s, c, iors.r, uv, depth).r, behind_surface(f, s, c, iors.g, uv, depth).g,
                     behind_surface(f, s, c, iors.b, uv, depth).b);
#else
    vec3 seen = behind_surface(f, s, c, s.ior, uv, depth);
#endif
    return c.through * seen;
}
#endif

// What comes through of light from one direction behind, n.l and irradiance as in `punctual_light`.
vec3 punctual_light_from_behind(Fragment f, SurfaceInputs s, Core c, vec3 to_light, float n_dot_l) {
    vec3 light = vec3(0.0);
#ifdef LAYER_DIFFUSE_TRANSMISSION
    light += leaked_light(c.leaked, n_dot_l);
#endif
#ifdef LAYER_TRANSMISSION
    float v_dot_h;
    float alpha = max(square(transmission_roughness(c.roughness, s.ior, THIN)), MIN_ALPHA);
    float lobe = transmission_lobe(s.normal, c.n_dot_v, f.view, to_light, alpha, v_dot_h);
    vec3 enters = max((1.0 - schlick_fresnel(c.f0_dielectric, s.specular, v_dot_h)) * (1.0 - c.metallic), 0.0);
    vec3 clear = s.base_color * s.transmission * enters * lobe;
#ifdef LAYER_VOLUME
    clear *= volume_transmittance(s.attenuation_color, s.attenuation_distance, s.thickness);
#endif
    light += clear;
#endif
    return light;
}
