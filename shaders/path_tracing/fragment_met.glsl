// The point of a surface that a ray has met; the material, included before this file, says what it looks like there.
#include "path_tracing/state.glsl"
#include "common/color.glsl"

struct Met {
    Fragment f;
    vec3 face;     // unit normal of the triangle, on the side that is seen
    float margin;  // metres by which rays start above the triangle
    float scale;   // how much larger the thing is than its mesh
};

vec3 along_rows(Thing t, vec3 v) {
    return vec3(dot(t.world_from_local[0].xyz, v), dot(t.world_from_local[1].xyz, v), dot(t.world_from_local[2].xyz, v));
}

vec4 half_words(uint first) { return vec4(unpackSnorm2x16(surface_words[first]), unpackSnorm2x16(surface_words[first + 1u])); }
vec2 pair_of(uint first) { return uintBitsToFloat(uvec2(surface_words[first], surface_words[first + 1u])); }

Met surface_met(uint number, uint triangle, vec2 where, vec3 direction) {
    Thing t = things[number];
    uvec4 corner = triangles[3u * triangle];
    vec3 e1 = uintBitsToFloat(triangles[3u * triangle + 1u].xyz), e2 = uintBitsToFloat(triangles[3u * triangle + 2u].xyz);
    vec3 local = uintBitsToFloat(corner.xyz) + where.x * e1 + where.y * e2;
    vec3 shares = vec3(1.0 - where.x - where.y, where);
    vec3 offset = vec3(t.world_from_local[0].w, t.world_from_local[1].w, t.world_from_local[2].w);
    Met m;
    m.f.position = along_rows(t, local) + offset;
    m.f.view = -direction;
    vec3 w1 = along_rows(t, e1), w2 = along_rows(t, e2);
    vec3 face = cross(w1, w2);
    face = dot(face, face) > 0.0 ? normalize(face) : m.f.view;
    m.face = dot(face, m.f.view) < 0.0 ? -face : face;
    vec3 normal = vec3(0.0);
    vec4 tangent = vec4(0.0), color = vec4(0.0);
    vec4 uv[3];
    for (uint k = 0u; k < 3u; ++k) {
        uint word = (mesh_indices[t.first_index + 3u * corner.w + k] + t.first_vertex) * SURFACE_WORDS;
        normal += shares[k] * half_words(word).xyz;
        tangent += shares[k] * half_words(word + 2u);
        uv[k] = vec4(pair_of(word + 4u), pair_of(word + 6u));
        color += shares[k] * vec4(unpackUnorm2x16(surface_words[word + 8u]), unpackUnorm2x16(surface_words[word + 9u]));
    }
    vec4 coordinates = shares.x * uv[0] + shares.y * uv[1] + shares.z * uv[2];
    // As in `common/object.glsl`: by the cofactors, and mirrors keep outwards outwards.
    vec3 x = t.world_from_local[0].xyz, y = t.world_from_local[1].xyz, z = t.world_from_local[2].xyz;
    vec3 turned = vec3(dot(cross(y, z), normal), dot(cross(z, x), normal), dot(cross(x, y), normal));
    float volume = dot(x, cross(y, z)), mirror = volume < 0.0 ? -1.0 : 1.0;
    turned *= mirror;
    m.f.front = true;
    m.f.normal = m.face;
    if (dot(turned, turned) > 0.0) {
        m.f.normal = normalize(turned);
        m.f.front = dot(m.face, m.f.normal) >= 0.0;
        if (!m.f.front) m.f.normal = -m.f.normal;
    }
    vec3 along = along_rows(t, tangent.xyz);
    float size = dot(along, along);
    m.f.tangent = vec4(size > 1e-20 ? along * inversesqrt(size) : vec3(0.0), (tangent.w < 0.0 ? -1.0 : 1.0) * mirror);
    m.f.uv0 = coordinates.xy;
    m.f.uv1 = coordinates.zw;
    m.f.color = color;
    if (t.tint != 0xFFFFFFFFu) {
        vec4 tint = unpackUnorm4x8(t.tint);
        m.f.color *= vec4(linear_from_srgb(tint.rgb), tint.a);
    }
    m.f.material = material_met = t.material;
    m.scale = pow(abs(volume), 1.0 / 3.0);
    vec3 reach = abs(m.f.position - path.eye.xyz) + abs(m.f.position);
    m.margin = 2e-6 * max3(reach) + 4e-7 * m.scale * max3(abs(local));
#ifdef WANTS_FRAME
    int mapping = FRAME_MAPPING;
#else
    int mapping = 0;
#endif
    bool turns = dot(cross(w1, w2), m.f.normal) < 0.0;
    edges_met = vec3[2](turns ? w2 : w1, turns ? w1 : w2);
    vec2 here = map_coordinate(t.material, mapping, uv[0].xy, uv[0].zw);
    vec2 u1 = map_coordinate(t.material, mapping, uv[1].xy, uv[1].zw) - here;
    vec2 u2 = map_coordinate(t.material, mapping, uv[2].xy, uv[2].zw) - here;
    edge_coordinates = vec2[2](turns ? u2 : u1, turns ? u1 : u2);
    return m;
}

// Holes and thin stuff: how much of what lies behind is hidden.
float opacity_met(Fragment f, SurfaceInputs s) {
    if (is_opaque(f.material)) return 1.0;
    if (is_masked(f.material)) return s.opacity < material_row(f.material).alpha_cutoff ? 0.0 : 1.0;
    return saturate(s.opacity);
}
