// A picture of the geometry: the directions of surfaces as colours, or how far away they are.
#ifdef NORMALS
layout(binding = 0) uniform sampler2D normals;
#else
layout(binding = 0) uniform sampler2D depths;
#endif
layout(std140, binding = 2) uniform Shown { vec4 background; vec4 projection; vec4 scale; }; // zz, zw, wz, ww; metres of half
layout(location = 0) out vec4 color;

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
#ifdef NORMALS
    vec4 found = texelFetch(normals, here, 0);
    color = found.a > 0.0 ? vec4(normalize(found.xyz) * 0.5 + 0.5, 1.0) : background;
#else
    float d = texelFetch(depths, here, 0).r;
    // d = (zz * z + zw) / (wz * z + ww), solved for z
    float away = -(projection.y - d * projection.w) / (d * projection.z - projection.x);
    // Half grey at the pivot, and steepest there: what is worked on is told apart best.
    color = d > 0.0 ? vec4(vec3(1.0 / (1.0 + pow(away / scale.x, 3.0))), 1.0) : vec4(0.0, 0.0, 0.0, 1.0);
#endif
}
