// MToon: VRMC_materials_mtoon 1.0; the names in quotes are its sections. A lit and a shade colour with a border between
// them, a rim, an outline, textures that move. Parameters by `taixu.render.toon`.
#define LIGHT_MODEL

// "UV Animation": a turn about the middle, then a scroll, before any transform of the texture itself. It turns as
// KHR_texture_transform does. `motion`: scroll and angle.
vec2 animated(vec2 uv, vec3 motion) {
    float c = cos(motion.z), s = sin(motion.z);
    vec2 p = uv - 0.5;
    return vec2(c * p.x + s * p.y, c * p.y - s * p.x) + 0.5 + motion.xy;
}

#ifdef STAGE_VERTEX
#ifdef HAS_TOON_MASK
layout(location = 15) flat out vec3 v_motion;
#endif

void surface_vertex(uint material, inout vec2 uv0, inout vec2 uv1) {
    // A texture comes back to where it was after one unit, a mirrored one after two: the remainder keeps its precision.
    vec3 motion = mod(parameters(material).motion * time_secs, vec3(2.0, 2.0, 2.0 * PI));
#ifdef HAS_TOON_MASK
    v_motion = motion; // how far it counts is known at the fragment
#else
    uv0 = animated(uv0, motion);
    uv1 = animated(uv1, motion);
#endif
    put_textures(material, uv0, uv1);
}

#ifdef OUTLINE
#ifdef HAS_TOON_WIDTH
layout(binding = UNIT_TOON_WIDTH) uniform sampler2DArray toon_width_map;
#endif

// "Outline": how far a vertex moves, in world space. `height`: metres that the picture is high there.
vec3 outline_offset(uint material, vec3 normal, vec2 uv0, vec2 uv1, float height) {
    Toon p = parameters(material);
    float width = p.outline_width * (p.outline_on_screen != 0u ? height : 1.0);
#ifdef HAS_TOON_WIDTH
    vec2 uv = map_coordinate(material, MAPPING_TOON_WIDTH, uv0, uv1);
    width *= textureLod(toon_width_map, vec3(uv, float(layer_of_texture(material, AT_TOON_WIDTH))), 0.0).g;
#endif
    return normal * width;
}
#endif
#else

#ifdef HAS_TOON_MASK
layout(location = 15) flat in vec3 v_motion;
#endif

// What light needs of a point besides `SurfaceInputs`; there is one point in a fragment.
vec3 toon_shade;    // colour where no light falls
float toon_shift;   // of the border
vec3 toon_rim;      // what is added at the rim under white light

vec3 toon_rim_at(Fragment f, Toon p, vec3 normal) {
    // "Rim Lighting". The axes are those of the eye about the view to this point. Coordinates in glTF count v downwards.
    vec3 across = vec3(f.view.z, 0.0, -f.view.x);
    vec3 x = dot(across, across) > 1e-10 ? normalize(across) : vec3(1.0, 0.0, 0.0);
    vec3 y = cross(f.view, x);
    vec2 ball = vec2(dot(x, normal), -dot(y, normal)) * 0.495 + 0.5;
    vec3 rim = p.matcap_color * sample_toon_matcap_at(ball).rgb;
    float grazing = saturate(1.0 - dot(normal, f.view) + p.rim_lift);
    rim += pow(grazing, max(p.rim_fresnel_power, 1e-5)) * p.rim_color;
    return rim * sample_toon_rim(f).rgb;
}

void surface(in Fragment f, inout SurfaceInputs s) {
#ifdef HAS_TOON_MASK
    vec3 motion = v_motion * sample_toon_mask(f).b;
    f.uv0 = animated(f.uv0, motion);
    f.uv1 = animated(f.uv1, motion);
#endif
    vec4 base = sample_base_color(f), shade = sample_toon_shade(f), glow = sample_emissive(f);
    float shift = sample_toon_shift(f).r;
    StandardMaterial m = material_row(f.material);
    Toon p = parameters(f.material);
    s.base_color = base.rgb * m.base_color.rgb; // "Vertex Colors" do not count
    s.opacity = base.a * m.base_color.a;
    s.emissive = m.emissive * glow.rgb;
#ifdef HAS_NORMAL
    s.normal = normal_of_normal(f, m.normal_scale);
#endif
    toon_shade = p.shade_color * shade.rgb;
    toon_shift = p.shading_shift + shift * p.shift_scale;
    toon_rim = toon_rim_at(f, p, s.normal);
}

// "Global Illumination": as from all sides alike, the more the surface equalizes it; "Emission".
vec3 light_from_surroundings(Fragment f, SurfaceInputs s, float open) {
    Toon p = parameters(f.material);
    vec3 even = (sky_light(vec3(0.0, 1.0, 0.0)) + sky_light(vec3(0.0, -1.0, 0.0))) * 0.5;
    vec3 light = mix(sky_light(s.normal), even, p.gi_equalization);
    return s.base_color * light + s.emissive + toon_rim * mix(vec3(1.0), light, p.rim_lighting_mix);
}

// "Lighting": lit and shade colour by where the border lies. Light on a white surface that faces it gives E / pi.
vec3 light_from_lamp(Fragment f, SurfaceInputs s, vec3 to_light, vec3 irradiance, float shadow) {
    Toon p = parameters(f.material);
    float n_dot_l = dot(s.normal, to_light);
    float low = p.shading_toony - 1.0, high = 1.0 - p.shading_toony;
    float lit = saturate((n_dot_l + toon_shift - low) / max(high - low, 1e-4));
    // Where the surface turns away, the shadow that it casts on itself would draw a second border beside the wanted one.
    lit *= mix(1.0, shadow, smoothstep(0.0, 0.15, n_dot_l));
    vec3 light = irradiance / PI;
    return mix(toon_shade, s.base_color, lit) * light + toon_rim * light * p.rim_lighting_mix;
}

#ifdef OUTLINE
// "Outline Lighting Mix".
vec3 outline_light(uint material, vec3 surface_light) {
    Toon p = parameters(material);
    return p.outline_color * mix(vec3(1.0), surface_light, p.outline_lighting_mix);
}
#endif
#endif
