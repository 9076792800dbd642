// Colour of a surface: the material, included before this file, fills `SurfaceInputs`; lighting does the rest.
#include "generated/view.glsl"
#include "common/lighting.glsl"

layout(location = 0) in vec3 v_position;
layout(location = 1) in vec3 v_normal;
layout(location = 2) in vec4 v_tangent;
layout(location = 3) in vec4 v_uv;
layout(location = 4) in vec4 v_color;
layout(location = 5) flat in uint v_material;
#ifdef LAYER_VOLUME
layout(location = 6) flat in float v_scale;
#endif

layout(location = 0) out vec4 radiance; // linear, premultiplied

#ifdef LAYER_VOLUME
// How fast the normal turns, per metre, as one goes along the surface in the plane of normal and view.
float seen_curvature(vec3 n, vec3 v, vec3 px, vec3 py, vec3 nx, vec3 ny) {
    vec3 along = v - dot(n, v) * n;
    if (dot(along, along) < 1e-6) along = px; // looking straight on, all directions are as good
    mat2 gram = mat2(dot(px, px), dot(px, py), dot(px, py), dot(py, py));
    float d = determinant(gram);
    if (d < 1e-30) return 0.0;
    vec2 steps = inverse(gram) * vec2(dot(along, px), dot(along, py));
    return dot(nx * steps.x + ny * steps.y, along) / max(dot(along, along), 1e-20);
}
#endif

void main() {
    Fragment f;
    vec3 to_camera = camera_position.xyz - v_position;
    // A parallel projection looks the same way everywhere.
    f.view = camera_position.w > 0.5 ? normalize(to_camera) : world_from_view[2].xyz;
    f.position = v_position;
    f.front = true;
    f.normal = normalize(v_normal);
    f.tangent = v_tangent;
    f.material = v_material;
    if (is_double_sided(f.material)) {
        // `gl_FrontFacing` is of the screen: a mirrored object turns it, so the seen side is asked of the triangle itself.
        f.front = dot(cross(dFdx(v_position), dFdy(v_position)), f.normal) >= 0.0;
        if (!f.front) f.normal = -f.normal;
    }
    f.uv0 = v_uv.xy;
    f.uv1 = v_uv.zw;
    f.color = v_color;
    SurfaceInputs s = default_surface(f);
    surface(f, s);
#ifdef LAYER_VOLUME
    s.thickness *= v_scale;
    s.curvature = seen_curvature(f.normal, f.view, dFdx(v_position), dFdy(v_position), dFdx(f.normal), dFdy(f.normal));
#endif
#ifdef LAYER_TRANSMISSION
    // Transmissive surfaces have no depth before they are drawn, so that their holes are cut here.
    if (is_opaque(f.material)) s.opacity = 1.0;
    else if (s.opacity < hole_below(f.material)) discard;
    if (is_masked(f.material)) s.opacity = 1.0;
#endif
#ifndef BLENDED
    s.opacity = 1.0; // holes of masked materials are in the depth already
#endif
    float depth = -(view_from_world * vec4(v_position, 1.0)).z;
    radiance = min(shade(f, s, gl_FragCoord.xy, viewport, depth), vec4(6.0e4));
}
