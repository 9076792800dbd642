// Where a fragment is: what `passes/forward_vertex.glsl` sends across.
#include "generated/view.glsl"

layout(location = 0) in vec3 v_position;
layout(location = 1) in vec3 v_normal;
layout(location = 2) in vec4 v_tangent;
layout(location = 3) in vec4 v_uv;
layout(location = 4) in vec4 v_color;
layout(location = 5) flat in uint v_material;

Fragment fragment_here() {
    Fragment f;
    vec3 to_camera = camera_position.xyz - v_position;
    // A parallel projection looks the same way everywhere.
    f.view = camera_position.w > 0.5 ? normalize(to_camera) : world_from_view[2].xyz;
    f.position = v_position;
    f.front = true;
    f.normal = normalize(v_normal);
    f.tangent = v_tangent;
    f.material = v_material;
#if !defined(OUTLINE) && !defined(ONE_SIDED) // the far sides of an outline are those of the near surface
    if (is_double_sided(f.material)) {
        // `gl_FrontFacing` is of the screen: a mirrored object turns it, so the seen side is asked of the triangle itself.
        f.front = dot(cross(dFdx(v_position), dFdy(v_position)), f.normal) >= 0.0;
        if (!f.front) f.normal = -f.normal;
    }
#endif
    f.uv0 = v_uv.xy;
    f.uv1 = v_uv.zw;
    f.color = v_color;
    return f;
}
