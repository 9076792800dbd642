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

// How light is spread: alpha of the bell that blurs what was drawn, and the lean and alpha with which the sky is seen.
struct Spread {
    float drawn;
    vec2 sky;
};

// What lies at the end of a sight.
vec3 seen_beyond(Fragment f, SurfaceInputs s, Beyond ray, Sight sight, Spread spread) {
    vec4 drawn = vec4(0.0);
    if (sight.known > 0.0) {
        drawn = behind_blurred(sight.uv, blur_in_pixels(sight, spread.drawn, ray.path)) * sight.known;
    }
    if (drawn.a < 0.999) {
#ifdef LAYER_VOLUME
        vec3 leans = mix(ray.direction, refracted_axis(s.normal, f.view, ray.direction, s.ior), spread.sky.x);
        vec3 sky = environment_lobe(environment_atlas, sky_from_world(leans), spread.sky.y);
#else
        vec3 sky = environment_transmission(environment_atlas, sky_from_world(s.normal), sky_from_world(f.view), sqrt(spread.drawn));
#endif
        drawn.rgb += (1.0 - drawn.a) * sky * lighting.sky_turn.z;
    }
    return drawn.rgb;
}

#ifdef LAYER_DISPERSION
// Rays that end nearer to each other than a sixteenth of the blur are not told apart.
bool ends_apart(Beyond a, Beyond b, float reach, float alpha) {
    reach = min(reach, 1e5);
    vec3 apart = a.start - b.start + (a.direction - b.direction) * reach;
    return dot(apart, apart) > square(0.0625 * blur_by_metre(alpha) * (reach + a.path));
}
#endif

vec3 transmitted_light(Fragment f, SurfaceInputs s, Core c, vec2 uv, float depth) {
    if (max3(c.through) <= 0.0) return vec3(0.0);
    float roughness = transmission_roughness(c.roughness, s.ior, THIN);
    Spread spread = Spread(square(roughness), refracted_lobe(c.n_dot_v, roughness));
    Beyond ray = beyond_surface(f, s, s.ior);
    Sight sight = sight_along(ray.start, ray.direction, uv, depth);
    vec3 seen = seen_beyond(f, s, ray, sight, spread);
#ifdef LAYER_DISPERSION
    vec3 iors = dispersed_iors(s.ior, s.dispersion);
    Beyond bent = beyond_surface(f, s, iors.r);
    int others = ends_apart(bent, ray, sight.reach, spread.drawn) ? 2 : 0;
    for (int i = 0; i < others; ++i) { // red, then blue; a loop, for software rasterisers go through what an `if` skips
        vec3 light = seen_beyond(f, s, bent, sight_beside(sight, bent.start, bent.direction, depth), spread);
        seen = mix(seen, light, i == 0 ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 0.0, 1.0));
        bent = beyond_surface(f, s, iors.b);
    }
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
