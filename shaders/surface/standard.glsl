// The metallic-roughness material of glTF 2.0 and its extensions: from parameters and textures to `SurfaceInputs`.
// Parameters are rows of `materials`, laid out by `taixu.render.material_rows`.
#include "surface/textures.glsl"
#include "surface/alpha_modes.glsl"

#if defined(LEAN_MAPS) && MAPPINGS <= 2 && TEXTURES <= 8
// Lean surfaces bring their numbers from the vertices: software reads storage number by number for each pixel of a row.
#define LEAN_NUMBERS
#ifdef STAGE_VERTEX
#define LEAN_WAY flat out
#else
#define LEAN_WAY flat in
#endif
layout(location = 6) LEAN_WAY vec4 v_base_color;
layout(location = 13) LEAN_WAY vec4 v_numbers[3]; // emissive metallic, specular_color roughness, normal_scale occlusion_strength ior specular
#endif

#ifdef STAGE_VERTEX
// What the material wants of a vertex.
void surface_vertex(uint material, vec2 uv0, vec2 uv1) {
    put_textures(material, uv0, uv1);
#ifdef LEAN_NUMBERS
    StandardMaterial m = material_row(material);
    v_base_color = m.base_color;
    v_numbers = vec4[](vec4(m.emissive, m.metallic), vec4(m.specular_color, m.roughness),
                       vec4(m.normal_scale, m.occlusion_strength, m.ior, m.specular));
#endif
}
#else

void surface(in Fragment f, inout SurfaceInputs s) {
#ifdef LEAN_NUMBERS
    StandardMaterial m;
    m.base_color = v_base_color;
    m.emissive = v_numbers[0].rgb;
    m.metallic = v_numbers[0].w;
    m.specular_color = v_numbers[1].rgb;
    m.roughness = v_numbers[1].w;
    m.normal_scale = v_numbers[2].x;
    m.occlusion_strength = v_numbers[2].y;
    m.ior = v_numbers[2].z;
    m.specular = v_numbers[2].w;
#else
    StandardMaterial m = material_row(f.material);
#endif
    vec4 color = m.base_color * f.color;
#ifdef HAS_BASE_COLOR
    color *= sample_base_color(f);
#endif
    s.base_color = color.rgb;
    s.opacity = color.a;
#ifndef UNLIT
    s.metallic = m.metallic;
    s.roughness = m.roughness;
#ifdef HAS_METALLIC_ROUGHNESS
    vec2 mr = sample_metallic_roughness(f).bg;
    s.metallic *= mr.x;
    s.roughness *= mr.y;
#endif
#ifdef HAS_OCCLUSION
    s.occlusion = 1.0 + m.occlusion_strength * (sample_occlusion(f).r - 1.0);
#endif
    s.emissive = m.emissive;
#ifdef HAS_EMISSIVE
    s.emissive *= sample_emissive(f).rgb;
#endif
    s.ior = m.ior;
    s.specular = m.specular;
    s.specular_color = m.specular_color;
#ifdef HAS_SPECULAR
    s.specular *= sample_specular(f).a;
#endif
#ifdef HAS_SPECULAR_COLOR
    s.specular_color *= sample_specular_color(f).rgb;
#endif
#ifdef HAS_SPECULAR_GLOSSINESS
    vec4 sg = sample_specular_glossiness(f);
    s.specular_color *= sg.rgb;
    s.roughness = 1.0 - (1.0 - s.roughness) * sg.a;
#endif
#ifdef WANTS_FRAME
    mat3 frame = tangent_frame(f, texture_coordinate(f, FRAME_MAPPING));
    s.tangent = frame[0];
    s.bitangent = frame[1];
#endif
#ifdef HAS_NORMAL
    vec4 bump = sample_normal(f); // how much normals scatter in the texel, in alpha
    s.normal = bent_normal(frame, bump.xyz, m.normal_scale);
    s.roughness = widened_roughness(s.roughness, bump.a * m.normal_scale);
#endif
#ifdef LAYER_CLEARCOAT
    s.clearcoat = m.clearcoat;
    s.clearcoat_roughness = m.clearcoat_roughness;
#ifdef HAS_CLEARCOAT
    s.clearcoat *= sample_clearcoat(f).r;
#endif
#ifdef HAS_CLEARCOAT_ROUGHNESS
    s.clearcoat_roughness *= sample_clearcoat_roughness(f).g;
#endif
#ifdef HAS_CLEARCOAT_NORMAL
    vec4 coat_bump = sample_clearcoat_normal(f);
    s.clearcoat_normal = bent_normal(frame, coat_bump.xyz, m.clearcoat_normal_scale);
    s.clearcoat_roughness = widened_roughness(s.clearcoat_roughness, coat_bump.a * m.clearcoat_normal_scale);
#endif
#endif
#ifdef LAYER_SHEEN
    s.sheen_color = m.sheen_color;
    s.sheen_roughness = m.sheen_roughness;
#ifdef HAS_SHEEN_COLOR
    s.sheen_color *= sample_sheen_color(f).rgb;
#endif
#ifdef HAS_SHEEN_ROUGHNESS
    s.sheen_roughness *= sample_sheen_roughness(f).a;
#endif
#endif
#ifdef LAYER_TRANSMISSION
    s.transmission = m.transmission;
#ifdef HAS_TRANSMISSION
    s.transmission *= sample_transmission(f).r;
#endif
#endif
#ifdef LAYER_VOLUME
    s.thickness = m.thickness;
    s.attenuation_color = m.attenuation_color;
    s.attenuation_distance = m.attenuation_distance;
#ifdef HAS_THICKNESS
    s.thickness *= sample_thickness(f).g;
#endif
#endif
#ifdef LAYER_DISPERSION
    s.dispersion = m.dispersion;
#endif
#ifdef LAYER_IRIDESCENCE
    s.iridescence = m.iridescence;
    s.iridescence_ior = m.iridescence_ior;
    s.iridescence_thickness_nm = m.iridescence_thickness_max;
#ifdef HAS_IRIDESCENCE
    s.iridescence *= sample_iridescence(f).r;
#endif
#ifdef HAS_IRIDESCENCE_THICKNESS
    s.iridescence_thickness_nm = mix(m.iridescence_thickness_min, m.iridescence_thickness_max, sample_iridescence_thickness(f).g);
#endif
#endif
#ifdef LAYER_ANISOTROPY
    s.anisotropy = m.anisotropy;
    s.anisotropy_direction = m.anisotropy_direction;
#ifdef HAS_ANISOTROPY
    vec3 brushed = sample_anisotropy(f).rgb;
    vec2 towards = brushed.rg * 2.0 - 1.0;
    vec2 turn = m.anisotropy_direction;
    s.anisotropy_direction = vec2(turn.x * towards.x - turn.y * towards.y, turn.y * towards.x + turn.x * towards.y);
    s.anisotropy *= brushed.b;
#endif
#endif
#ifdef LAYER_DIFFUSE_TRANSMISSION
    s.diffuse_transmission = m.diffuse_transmission;
    s.diffuse_transmission_color = m.diffuse_transmission_color;
#ifdef HAS_DIFFUSE_TRANSMISSION
    s.diffuse_transmission *= sample_diffuse_transmission(f).a;
#endif
#ifdef HAS_DIFFUSE_TRANSMISSION_COLOR
    s.diffuse_transmission_color *= sample_diffuse_transmission_color(f).rgb;
#endif
#endif
#endif
}
#endif
