// What a material says about a point of a surface, and where that point is.
//
// A material is one function, `void surface(in Fragment f, inout SurfaceInputs s)` (and `surface_vertex`, which may pass
// varyings of its own from location 8 on): it fills what differs from the defaults. Which layers it has is known when
// the shader is compiled, by defines: LAYER_CLEARCOAT, LAYER_SHEEN, LAYER_TRANSMISSION, LAYER_VOLUME, LAYER_IRIDESCENCE,
// LAYER_ANISOTROPY, LAYER_DISPERSION, LAYER_DIFFUSE_TRANSMISSION; UNLIT where no light falls on it; BLENDED where what is
// behind shows through. Lighting reads `SurfaceInputs` and never the material's own parameters.
#include "common/math.glsl"

// A point of a triangle, in world space relative to the camera.
struct Fragment {
    vec3 position;   // metres, from the camera
    vec3 view;       // unit, towards the camera
    vec3 normal;     // unit, interpolated, on the side that is seen
    vec4 tangent;    // xyz zero where the mesh has none; w is the sign of the bitangent
    vec2 uv0;
    vec2 uv1;
    vec4 color;      // linear vertex colour
    bool front;
    uint material;   // row of the material's parameters
};

struct SurfaceInputs {
    vec3 base_color;
    float opacity;
    float metallic;
    float roughness; // perceptual
    vec3 normal;     // unit, shading
    float occlusion; // 1: open to the sky
    vec3 emissive;   // radiance, cd/m2 in the scene's units
    float ior;
    float specular;
    vec3 specular_color;
    float clearcoat;
    float clearcoat_roughness;
    vec3 clearcoat_normal;
    vec3 sheen_color;
    float sheen_roughness;
    float transmission;
    float thickness; // metres
    float curvature; // of the surface towards the camera, 1 / metre; above 0 where it bulges
    vec3 attenuation_color;
    float attenuation_distance;
    float dispersion;
    float iridescence;
    float iridescence_ior;
    float iridescence_thickness_nm;
    float anisotropy;
    vec2 anisotropy_direction; // unit, in the tangent frame
    vec3 tangent;
    vec3 bitangent;
    float diffuse_transmission;
    vec3 diffuse_transmission_color;
};

SurfaceInputs default_surface(Fragment f) {
    SurfaceInputs s;
    s.base_color = vec3(1.0);
    s.opacity = 1.0;
    s.metallic = 0.0;
    s.roughness = 1.0;
    s.normal = f.normal;
    s.occlusion = 1.0;
    s.emissive = vec3(0.0);
    s.ior = 1.5;
    s.specular = 1.0;
    s.specular_color = vec3(1.0);
    s.clearcoat = 0.0;
    s.clearcoat_roughness = 0.0;
    s.clearcoat_normal = f.normal;
    s.sheen_color = vec3(0.0);
    s.sheen_roughness = 0.0;
    s.transmission = 0.0;
    s.thickness = 0.0;
    s.curvature = 0.0;
    s.attenuation_color = vec3(1.0);
    s.attenuation_distance = 0.0;
    s.dispersion = 0.0;
    s.iridescence = 0.0;
    s.iridescence_ior = 1.3;
    s.iridescence_thickness_nm = 400.0;
    s.anisotropy = 0.0;
    s.anisotropy_direction = vec2(1.0, 0.0);
    s.tangent = vec3(0.0);
    s.bitangent = vec3(0.0);
    s.diffuse_transmission = 0.0;
    s.diffuse_transmission_color = vec3(1.0);
    return s;
}

#ifndef STAGE_VERTEX
// Frame of a normal map where the mesh has no tangents: from how position and texture coordinate change along two ways.
// Schueler, "Normal Mapping without Precomputed Tangents", ShaderX 5, 2006.
mat3 cotangent_frame(vec3 n, vec3 px, vec3 py, vec2 ux, vec2 uy) {
    vec3 a = cross(py, n), b = cross(n, px);
    vec3 t = a * ux.x + b * uy.x;
    vec3 bt = a * ux.y + b * uy.y;
    // Signs: `position` mirrors nothing, so a right-handed (px, py, n) is seen as counter-clockwise.
    float scale = inversesqrt(max(max(dot(t, t), dot(bt, bt)), 1e-30));
    // glTF counts v downwards in the picture, and the green of a normal map upwards.
    return mat3(t * scale, -bt * scale, n);
}

#ifdef STAGE_COMPUTE
// Of the triangle that a path has met: two edges, counter-clockwise on the side that is seen, and how the coordinates of the frame
// change along them; and its material.
vec3 edges_met[2];
vec2 edge_coordinates[2];
uint material_met;
#endif

// Tangent, bitangent and normal of the side that is seen.
mat3 tangent_frame(Fragment f, vec2 uv) {
#ifdef STAGE_FRAGMENT
    mat3 frame = cotangent_frame(f.normal, dFdx(f.position), dFdy(f.position), dFdx(uv), dFdy(uv));
#else
    mat3 frame = cotangent_frame(f.normal, edges_met[0], edges_met[1], edge_coordinates[0], edge_coordinates[1]);
#endif
    if (dot(f.tangent.xyz, f.tangent.xyz) < 0.25) return frame;
    float side = f.front ? 1.0 : -1.0;
    vec3 t = f.tangent.xyz * side;
    return mat3(t, cross(f.normal, t) * f.tangent.w * side, f.normal);
}

// A normal map's texel in the world.
vec3 bent_normal(mat3 frame, vec3 texel, float scale) {
    vec3 n = frame * ((texel * 2.0 - 1.0) * vec3(scale, scale, 1.0));
    return dot(n, n) > 1e-12 ? normalize(n) : frame[2];
}

// Perceptual roughness of facets that lie on smaller ones: `spread` is the square root of twice the variance of their
// slopes along an axis, and microfacet distributions widen as alpha^2 does (`taixu.render.mip_chains.normal_chain`).
float widened_roughness(float roughness, float spread) {
    return sqrt(sqrt(min(square(square(roughness)) + square(spread), 1.0)));
}
#endif
