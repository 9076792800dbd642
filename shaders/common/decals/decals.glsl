// Decals on a surface, before it is lit: those of the pixel's cluster one after the other, lower ones first.
#include "generated/decals.glsl"

layout(binding = DECAL_COLORS) uniform sampler2DArray decal_colors; // multiplied by alpha
layout(binding = DECAL_NUMBERS) uniform sampler2DArray decal_numbers;

// The level is chosen here: neighbouring pixels may not look at this decal, and drivers differ in what they make of that. Footprints that
// are long are looked up a little sharper than they should be.
#ifdef STAGE_COMPUTE
#define DECAL_LEVEL(map, gx, gy) 0.0
#else
#define DECAL_LEVEL(map, gx, gy) decal_level(textureSize(map, 0).x, gx, gy)
float decal_level(int side, vec2 gx, vec2 gy) {
    float a = dot(gx, gx), b = dot(gy, gy), along = max(a, b);
    return max(0.5 * log2(max(max(min(a, b), along / 4.0), 1e-20)) + log2(float(side)) + texture_bias, 0.0);
}
#endif

// `px`, `py`: how the position changes towards the next pixels; zero where there are none.
void put_decal(uint number, Fragment f, uint layers, vec3 px, vec3 py, inout SurfaceInputs s) {
    DecalRow d = decal_rows[number];
    vec3 at = vec3(dot(d.box_from_world[0], vec4(f.position, 1.0)), dot(d.box_from_world[1], vec4(f.position, 1.0)),
                   dot(d.box_from_world[2], vec4(f.position, 1.0)));
    vec3 inside = 0.5 - abs(at);
    if (min(inside.x, min(inside.y, inside.z)) <= 0.0 || (d.layers & layers) == 0u) return;
    vec2 gx = vec2(dot(d.box_from_world[0].xyz, px), -dot(d.box_from_world[1].xyz, px));
    vec2 gy = vec2(dot(d.box_from_world[0].xyz, py), -dot(d.box_from_world[1].xyz, py));
    vec2 rim = min(inside.xy / max(abs(gx) + abs(gy), vec2(1e-6)), 1.0); // the last pixel is covered in part
    float share = d.opacity * rim.x * rim.y * saturate(inside.z / max(0.5 * d.shares.w, 1e-4));
    share *= smoothstep(d.facing.x, d.facing.y, dot(f.normal, d.towards));
    if (share <= 0.0) return;
    vec2 uv = vec2(at.x + 0.5, 0.5 - at.y);
    vec3 color = d.color;
    if (d.pictures.x >= 0) {
        vec4 texel = textureLod(decal_colors, vec3(uv, float(d.pictures.x)), DECAL_LEVEL(decal_colors, gx, gy));
        if (texel.a <= 0.0) return;
        color *= texel.rgb / texel.a;
        share *= texel.a;
    }
    s.base_color = mix(s.base_color, color, share * d.shares.x);
#ifndef UNLIT
    s.emissive = s.emissive * (1.0 - share * d.shares.x) + color * (d.glow * share);
    vec2 numbers = d.surface;
    if (d.pictures.z >= 0) numbers *= textureLod(decal_numbers, vec3(uv, float(d.pictures.z)), DECAL_LEVEL(decal_numbers, gx, gy)).gb;
    s.roughness = mix(s.roughness, numbers.x, share * d.shares.y);
    s.metallic = mix(s.metallic, numbers.y, share * d.shares.y);
    if (d.pictures.y >= 0) {
        vec3 texel = textureLod(decal_numbers, vec3(uv, float(d.pictures.y)), DECAL_LEVEL(decal_numbers, gx, gy)).xyz;
        vec3 n = s.normal, t = d.right - n * dot(n, d.right);
        if (dot(t, t) > 1e-6) {
            t = normalize(t);
            vec3 up = vec3(d.box_from_world[1].xyz);
            vec3 b = cross(n, t);
            if (dot(b, up) < 0.0) b = -b; // of boxes that are mirrored
            vec3 bent = mix(n, bent_normal(mat3(t, b, n), texel, d.shares.z), share);
            if (dot(bent, bent) > 1e-6) s.normal = normalize(bent);
        }
    }
#endif
}

#ifdef STAGE_COMPUTE
void put_decals(Fragment f, uint layers, uint count, inout SurfaceInputs s) {
    for (uint i = 0u; i < count; ++i) put_decal(i, f, layers, vec3(0.0), vec3(0.0), s);
}
#else
void put_decals(Fragment f, uint layers, vec2 pixel, float depth, inout SurfaceInputs s) {
    vec3 px = dFdx(f.position), py = dFdy(f.position);
    uint cluster = cluster_of(pixel, viewport, depth);
    uint first = decal_lists[2u * cluster], count = decal_lists[2u * cluster + 1u];
    for (uint i = 0u; i < count; ++i) put_decal(decal_lists[first + i], f, layers, px, py, s);
}
#endif
