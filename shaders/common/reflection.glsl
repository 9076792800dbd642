// What a surface sends to the eye of light from one direction: the metallic-roughness core and the layers over it. The rasteriser
// and the path tracer are lit by these functions, so that they show the same materials.
// Energy: what the specular lobes send back, in one bounce and in further ones, is taken from the diffuse lobe, and
// further bounces keep the shape of the first (Turquin, "Practical multiple scattering compensation", 2019).
#include "surface/inputs.glsl"
#include "common/brdf.glsl"
#include "generated/lighting.glsl"

layout(binding = TEXTURE_DFG) uniform sampler2D dfg_table;

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
#if defined(LAYER_VOLUME) && !defined(WALKED) // whose walks go to the far side themselves
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

#if defined(LAYER_TRANSMISSION) || defined(LAYER_DIFFUSE_TRANSMISSION)
// What comes through of light from one direction behind, n.l and irradiance as in `punctual_light`.
vec3 punctual_light_from_behind(Fragment f, SurfaceInputs s, Core c, vec3 to_light, float n_dot_l);
#endif

// What the surface sends to the camera of light from one direction, by irradiance on a surface that faces the light.
vec3 punctual_light(Fragment f, SurfaceInputs s, Core c, vec3 to_light) {
    vec3 light = vec3(0.0);
    float n_dot_l = dot(s.normal, to_light);
    if (n_dot_l > 0.0) {
        vec3 h = normalize(to_light + f.view);
        vec3 lobe = facet_fresnel(s, c, saturate(dot(f.view, h))) * c.energy.compensation;
        light = c.diffuse / PI + lobe * facets(f, s, c, to_light, n_dot_l, h);
#ifdef LAYER_SHEEN
#ifdef WALKED // whose light from all around comes this way too: none of it is to be lost
        float passes = c.cloth.passes;
#else
        float passes = min(c.cloth.passes, 1.0 - max3(c.cloth.color) * min(1.0, energy_at(n_dot_l, c.cloth.roughness).b));
#endif
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
