// The metallic-roughness material of glTF 2.0, with KHR_materials_unlit, emissive_strength, ior and specular.
// Parameters are rows of `materials`, laid out by `taixu.render.materials`. Each texture slot is a texture array bound
// for the whole batch, a layer (negative: none), a set of coordinates, and an affine map of them.
#include "surface/inputs.glsl"
#include "generated/materials.glsl"

#ifdef TEXTURED
// Coordinates of all slots are worked out at the vertices: in a fragment, invocations that only help with derivatives
// may read nothing from a storage block, and mip maps would be chosen from garbage along the edges of triangles.
#ifdef STAGE_VERTEX
layout(location = 8) out vec4 v_slot_uv[4];
layout(location = 12) flat out vec4 v_slot_layer[2];
#else
layout(location = 8) in vec4 v_slot_uv[4];
layout(location = 12) flat in vec4 v_slot_layer[2];
#ifdef HAS_BASE_COLOR
layout(binding = TEXTURE_BASE_COLOR) uniform sampler2DArray base_color_map;
#endif
#ifdef HAS_METALLIC_ROUGHNESS
layout(binding = TEXTURE_METALLIC_ROUGHNESS) uniform sampler2DArray metallic_roughness_map;
#endif
#ifdef HAS_NORMAL
layout(binding = TEXTURE_NORMAL) uniform sampler2DArray normal_map;
#endif
#ifdef HAS_OCCLUSION
layout(binding = TEXTURE_OCCLUSION) uniform sampler2DArray occlusion_map;
#endif
#ifdef HAS_EMISSIVE
layout(binding = TEXTURE_EMISSIVE) uniform sampler2DArray emissive_map;
#endif
#ifdef HAS_SPECULAR
layout(binding = TEXTURE_SPECULAR) uniform sampler2DArray specular_map;
#endif
#ifdef HAS_SPECULAR_COLOR
layout(binding = TEXTURE_SPECULAR_COLOR) uniform sampler2DArray specular_color_map;
#endif
#endif
#endif

#ifdef STAGE_VERTEX
#ifdef TEXTURED
void put_slot(uint material, int i, vec2 uv0, vec2 uv1) {
    vec4 u = materials[material].slots[2 * i], v = materials[material].slots[2 * i + 1];
    vec3 uv = vec3(v.w > 0.5 ? uv1 : uv0, 1.0);
    vec2 mapped = vec2(dot(u.xyz, uv), dot(v.xyz, uv));
    if (i % 2 == 0) v_slot_uv[i / 2].xy = mapped;
    else v_slot_uv[i / 2].zw = mapped;
    v_slot_layer[i / 4][i % 4] = u.w;
}
#endif

// What the material wants of a vertex.
void surface_vertex(uint material, vec2 uv0, vec2 uv1) {
#ifdef HAS_BASE_COLOR
    put_slot(material, SLOT_BASE_COLOR, uv0, uv1);
#endif
#ifdef HAS_METALLIC_ROUGHNESS
    put_slot(material, SLOT_METALLIC_ROUGHNESS, uv0, uv1);
#endif
#ifdef HAS_NORMAL
    put_slot(material, SLOT_NORMAL, uv0, uv1);
#endif
#ifdef HAS_OCCLUSION
    put_slot(material, SLOT_OCCLUSION, uv0, uv1);
#endif
#ifdef HAS_EMISSIVE
    put_slot(material, SLOT_EMISSIVE, uv0, uv1);
#endif
#ifdef HAS_SPECULAR
    put_slot(material, SLOT_SPECULAR, uv0, uv1);
#endif
#ifdef HAS_SPECULAR_COLOR
    put_slot(material, SLOT_SPECULAR_COLOR, uv0, uv1);
#endif
}
#else

#ifdef TEXTURED
// Texture coordinate and layer of slot `i`; the layer is negative where the slot is empty.
vec3 slot_coordinate(int i) {
    return vec3(i % 2 == 0 ? v_slot_uv[i / 2].xy : v_slot_uv[i / 2].zw, v_slot_layer[i / 4][i % 4]);
}
#endif

void surface(in Fragment f, inout SurfaceInputs s) {
    StandardMaterial m = materials[f.material];
    s.features = m.features;
    vec4 color = m.base_color * f.color;
    s.metallic = m.metallic;
    s.roughness = m.roughness;
    s.emissive = m.emissive;
    s.ior = m.ior;
    s.specular = m.specular;
    s.specular_color = m.specular_color;
    s.transmission = m.transmission;
#ifdef TEXTURED
    // A draw's materials use some of the slots that its shader has.
    vec3 uv;
#endif
#ifdef HAS_BASE_COLOR
    uv = slot_coordinate(SLOT_BASE_COLOR);
    if (uv.z >= 0.0) color *= texture(base_color_map, uv);
#endif
    s.base_color = color.rgb;
    s.opacity = color.a;
#ifdef HAS_METALLIC_ROUGHNESS
    uv = slot_coordinate(SLOT_METALLIC_ROUGHNESS);
    if (uv.z >= 0.0) {
        vec2 mr = texture(metallic_roughness_map, uv).bg;
        s.metallic *= mr.x;
        s.roughness *= mr.y;
    }
#endif
#ifdef HAS_OCCLUSION
    uv = slot_coordinate(SLOT_OCCLUSION);
    if (uv.z >= 0.0) s.occlusion = 1.0 + m.occlusion_strength * (texture(occlusion_map, uv).r - 1.0);
#endif
#ifdef HAS_EMISSIVE
    uv = slot_coordinate(SLOT_EMISSIVE);
    if (uv.z >= 0.0) s.emissive *= texture(emissive_map, uv).rgb;
#endif
#ifdef HAS_SPECULAR
    uv = slot_coordinate(SLOT_SPECULAR);
    if (uv.z >= 0.0) s.specular *= texture(specular_map, uv).a;
#endif
#ifdef HAS_SPECULAR_COLOR
    uv = slot_coordinate(SLOT_SPECULAR_COLOR);
    if (uv.z >= 0.0) s.specular_color *= texture(specular_color_map, uv).rgb;
#endif
#ifdef HAS_NORMAL
    uv = slot_coordinate(SLOT_NORMAL);
    if (uv.z >= 0.0) {
        vec3 n = texture(normal_map, uv).xyz * 2.0 - 1.0;
        n.xy *= m.normal_scale;
        mat3 frame = cotangent_frame(f.normal, f.position, uv.xy);
        if (dot(f.tangent.xyz, f.tangent.xyz) > 0.25) {
            vec3 t = f.tangent.xyz * (f.front ? 1.0 : -1.0);
            frame = mat3(t, cross(f.normal, t) * f.tangent.w * (f.front ? 1.0 : -1.0), f.normal);
        }
        vec3 bent = frame * n;
        s.normal = dot(bent, bent) > 1e-12 ? normalize(bent) : f.normal;
    }
#endif
}

bool is_double_sided(uint material) { return materials[material].double_sided != 0u; }
bool is_blended(uint material) {
    return materials[material].alpha_mode == ALPHA_MODE_BLEND || materials[material].transmission > 0.0;
}
#endif
