// Paths through what is clear: thin walls, and the insides of closed things, which bend and dim.
// Walter et al., "Microfacet Models for Refraction through Rough Surfaces", 2007. What light loses between rough facets is made
// up for by the energy of the mirror lobe of the same roughness.

struct Passing {
    vec3 direction;
    vec3 weight;
    vec3 absorption; // 1 / metre, of where it goes on
    uint color;      // 0, or 1 + which colour is left of it
};

#ifdef LAYER_VOLUME
vec3 absorption_of(SurfaceInputs s) {
    return s.attenuation_distance > 0.0 ? -log(max(s.attenuation_color, vec3(1e-6))) / s.attenuation_distance : vec3(0.0);
}

float ior_of(SurfaceInputs s, uint color) {
#ifdef LAYER_DISPERSION
    if (color > 0u) return dispersed_iors(s.ior, s.dispersion)[color - 1u];
#endif
    return max(s.ior, 1.0);
}
#endif

// From outside. What it weighs is not over the chance of going through.
Passing pass_through(SurfaceInputs s, Core c, vec3 face, vec3 v, uint color, float which, vec2 u) {
    Passing p = Passing(-v, vec3(0.0), vec3(0.0), color);
    vec3 h = facet_of(s.normal, v, c.alpha, u);
    float v_dot_h = saturate(dot(v, h));
    vec3 enters = max(1.0 - schlick_fresnel(c.f0_dielectric, s.specular, v_dot_h), 0.0);
#ifdef LAYER_IRIDESCENCE
    enters = mix(enters, max(1.0 - film_on(s, c.f0_dielectric, v_dot_h), 0.0), s.iridescence);
#endif
    enters *= (1.0 - c.metallic) * s.transmission * passing_layers(c);
#ifdef LAYER_VOLUME
    vec3 mask = vec3(1.0);
#ifdef LAYER_DISPERSION
    if (color == 0u && s.dispersion > 0.0) {
        p.color = 1u + min(uint(which * 3.0), 2u);
        mask = 3.0 * vec3(p.color == 1u, p.color == 2u, p.color == 3u);
    }
#endif
    p.direction = refract(-v, h, 1.0 / ior_of(s, p.color));
    // Both walls of a closed thing together have its colour.
    enters *= sqrt(s.base_color) * mask;
    p.absorption = absorption_of(s);
#else
    vec3 mirrored = reflect(-v, h);
    p.direction = mirrored - 2.0 * dot(mirrored, s.normal) * s.normal;
    enters *= s.base_color;
#endif
    float n_dot_l = -dot(s.normal, p.direction);
    if (n_dot_l <= 0.0 || dot(p.direction, face) >= 0.0) return p;
    vec2 dfg = energy_at(c.n_dot_v, c.roughness).rg;
    p.weight = enters * smith_one(n_dot_l, c.alpha) / max(dfg.x + dfg.y, 0.1);
    return p;
}

#ifdef LAYER_VOLUME
// From inside: out, or back where the wall mirrors.
Passing pass_inside(SurfaceInputs s, Core c, vec3 face, vec3 v, vec3 absorption, uint color, float which, vec2 u) {
    Passing p = Passing(-v, vec3(0.0), absorption, color);
    float clear = (1.0 - c.metallic) * s.transmission;
    if (which >= clear) { // the rest is scattered
        p.direction = even_direction(s.normal, u);
        p.weight = s.base_color * (1.0 - c.metallic);
        return p;
    }
    which /= max(clear, 1e-6);
    vec3 h = facet_of(s.normal, v, c.alpha, u);
    float ior = ior_of(s, color), outside2 = 1.0 - square(ior) * (1.0 - square(saturate(dot(v, h))));
    vec3 mirrors = outside2 > 0.0 ? min(schlick_fresnel(c.f0_dielectric, s.specular, sqrt(outside2)), vec3(1.0)) : vec3(1.0);
    float chance = outside2 > 0.0 ? clamp(luminance(mirrors), 0.02, 0.98) : 1.0;
    bool stays = which < chance;
    p.direction = stays ? reflect(-v, h) : refract(-v, h, ior);
    p.weight = stays ? mirrors / chance : (1.0 - mirrors) * sqrt(s.base_color) / (1.0 - chance);
    if (!stays) p.absorption = vec3(0.0);
    float n_dot_l = dot(s.normal, p.direction) * (stays ? 1.0 : -1.0);
    if (n_dot_l <= 0.0 || dot(p.direction, face) * (stays ? 1.0 : -1.0) <= 0.0) p.weight = vec3(0.0);
    else p.weight *= smith_one(n_dot_l, c.alpha) / max(dot(energy_at(c.n_dot_v, c.roughness).rg, vec2(1.0)), 0.1);
    return p;
}
#endif
