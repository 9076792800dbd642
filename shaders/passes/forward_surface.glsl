// Colour of a surface: the material, included before this file, fills `SurfaceInputs`; lighting does the rest.
#include "generated/view.glsl"
#include "common/depth.glsl" // these two before those who include them only in some cases
#include "common/facets.glsl"
#include "common/lighting.glsl"
#include "passes/fragment.glsl"
#include "common/air/between.glsl"

#ifdef DECALS
#include "common/decals/decals.glsl"
layout(location = 7) flat in uint v_layers;
#endif

#ifdef LAYER_VOLUME
layout(location = 6) flat in float v_scale;
#endif

layout(location = 0) out vec4 radiance; // linear, premultiplied
#ifdef WEIGHTED
layout(location = 1) out float hidden; // of what is behind
#endif
#ifdef LOBES // `taixu.render.reflections.screen`
layout(location = 1) out vec4 target_lobe;
layout(location = 2) out vec4 target_known;
layout(location = 3) out vec2 target_lobe_normal;
#endif
#ifdef INNER
layout(binding = 2) uniform sampler2D nearest_depth;
#endif
#ifdef MIRRORED // blended surfaces follow their rays themselves
layout(binding = 1) uniform sampler2D march_depth;
layout(binding = 2) uniform sampler2D march_picture;
#define MARCH_FACES(texel, r) 1.0
#define MARCH_EDGE vec2(0.1, 0.08)
#define MARCH_BEYOND 0.12 // water lies flat: what it mirrors stands almost in the same column of the picture
#include "common/reflections/march.glsl"
#include "common/reflections/asked.glsl"

// What rays find in the place of what the mirror lobe was thought to show.
vec3 more_mirrored(Fragment f) {
    if (max3(lobe_weight) < 1e-3 || lobe_share(lobe_roughness) <= 0.0) return vec3(0.0);
    vec3 n = normal_that_mirrors_out(lobe_normal, f.normal, f.view); // waves that turn away mirror what is just above the water
    vec4 found = march((view_from_world * vec4(f.position, 1.0)).xyz, mat3(view_from_world) * n, lobe_roughness, asked);
    return lobe_weight * (found.rgb - lobe_known) * (found.a * lobe_share(lobe_roughness));
}
#endif

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
    Fragment f = fragment_here();
    SurfaceInputs s = default_surface(f);
    surface(f, s);
#ifdef PLACES_VERTICES
    f.position = placed_fragment(f); // light falls where the thing is that the card shows
    f.normal = s.normal;
#endif
    float depth = -(view_from_world * vec4(v_position, 1.0)).z;
#ifdef DECALS
    put_decals(f, v_layers, gl_FragCoord.xy, depth, s);
#endif
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
#if defined(OUTLINE)
    if (is_masked(f.material) && s.opacity < hole_below(f.material)) discard;
#endif
#ifdef INNER
    // Of a hollow thing the surfaces behind its nearest ones; reversed depth of what is near is large.
    if (gl_FragCoord.z > texelFetch(nearest_depth, ivec2(gl_FragCoord.xy), 0).r * (1.0 - 5e-4)) discard;
#endif
#ifndef BLENDED
    s.opacity = 1.0; // holes of masked materials are in the depth already
#endif
#ifdef OUTLINE
    float covers = s.opacity;
    s.opacity = 1.0;
    vec4 shaded = shade(f, s, gl_FragCoord.xy, viewport, depth);
    shaded = vec4(outline_light(f.material, shaded.rgb), 1.0) * covers;
#else
    vec4 shaded = shade(f, s, gl_FragCoord.xy, viewport, depth);
#endif
#ifdef MIRRORED
    shaded.rgb += more_mirrored(f) * s.opacity;
#endif
#if defined(FOG) || defined(AERIAL)
    vec3 eye = camera_position.w > 0.5 ? camera_position.xyz : v_position + f.view * depth;
    vec2 screen = gl_FragCoord.xy * viewport.zw;
    shaded.rgb = seen_through_air(shaded.rgb, shaded.a, eye, -f.view, distance(eye, v_position), screen);
#endif
    radiance = min(shaded, vec4(6.0e4));
#if defined(LOBES)
    vec3 passes = vec3(1.0);
#if defined(FOG) || defined(AERIAL)
    passes = seen_through_air(vec3(1.0), 0.0, eye, -f.view, distance(eye, v_position), screen);
#endif
    target_lobe = vec4(lobe_weight * passes, lobe_roughness);
    target_known = vec4(min(lobe_known, vec3(6.0e4)), 0.0);
    target_lobe_normal = octahedron_from_direction(lobe_normal) * 2.0 - 1.0;
#endif
#ifdef WEIGHTED
    hidden = shaded.a;
    float far = square(depth / 200.0);
    radiance *= clamp(10.0 / (1e-5 + square(depth / 5.0) + far * far * far), 1e-2, 3e3);
#endif
}
