// Light that comes through a surface from the side behind; included by `common/lighting.glsl`, which says what `Core` is.
#ifdef LAYER_VOLUME
#define THIN false
#else
#define THIN true
#endif

#ifdef LAYER_TRANSMISSION
// A ray that has come through the surface, backwards from the camera.
struct Beyond {
    vec3 start;
    vec3 direction;
    float path; // metres inside
};

Beyond beyond_surface(Fragment f, SurfaceInputs s, float ior) {
#ifdef LAYER_VOLUME
    Passage p = passage_through(s.normal, f.view, ior, s.thickness, s.curvature);
    return Beyond(f.position + p.travel, p.direction, p.path);
#else
    return Beyond(f.position, -f.view, 0.0);
#endif
}

// What lies at the end of a sight.
vec3 seen_beyond(Fragment f, SurfaceInputs s, Beyond ray, Sight sight, float roughness) {
    vec4 drawn = vec4(0.0);
    if (sight.known > 0.0) {
        drawn = behind_blurred(sight.uv, blur_in_pixels(sight, square(roughness), ray.path)) * sight.known;
    }
    if (drawn.a < 0.999) {
#ifdef LAYER_VOLUME
        vec3 sky = environment_refraction(environment_atlas, sky_from_world(s.normal), sky_from_world(f.view),
            sky_from_world(ray.direction), s.ior, roughness);
#else
        vec3 sky = environment_transmission(environment_atlas, sky_from_world(s.normal), sky_from_world(f.view), roughness);
#endif
        drawn.rgb += (1.0 - drawn.a) * sky * lighting.sky_turn.z;
    }
    return drawn.rgb;
}

vec3 transmitted_light(Fragment f, SurfaceInputs s, Core c, vec2 uv, float depth) {
    if (max3(c.through) <= 0.0) return vec3(0.0);
    float roughness = transmission_roughness(c.roughness, s.ior, THIN);
    Beyond ray = beyond_surface(f, s, s.ior);
    Sight sight = sight_along(ray.start, ray.direction, uv, depth);
    vec3 seen = seen_beyond(f, s, ray, sight, roughness);
#ifdef LAYER_DISPERSION
    vec3 iors = dispersed_iors(s.ior, s.dispersion);
    Beyond red = beyond_surface(f, s, iors.r), blue = beyond_surface(f, s, iors.b);
    seen.r = seen_beyond(f, s, red, sight_beside(sight, red.start, red.direction, depth), roughness).r;
    seen.b = seen_beyond(f, s, blue, sight_beside(sight, blue.start, blue.direction, depth), roughness).b;
#endif
#ifdef LAYER_VOLUME
    seen *= volume_transmittance(s.attenuation_color, s.attenuation_distance, ray.path);
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
