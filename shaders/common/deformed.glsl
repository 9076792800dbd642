// Vertices of a thing that is bent by joints or changed by targets: compute left them for this object alone, while the
// draw is shared with all that show the same mesh. Seven words each: the position, normal and tangent packed.
#ifdef DEFORMED
#include "generated/deformed.glsl"
layout(std430, binding = 11) readonly buffer DeformedVertices { uint deformed_vertices[]; };

uint own_vertex(RenderableRow object) { return deformed_rows[object.deformed].shift + uint(gl_VertexID); }
vec3 own_position(uint vertex) {
    uint at = 7u * vertex;
    return uintBitsToFloat(uvec3(deformed_vertices[at], deformed_vertices[at + 1u], deformed_vertices[at + 2u]));
}
vec4 own_normal(uint vertex) {
    uint at = 7u * vertex + 3u;
    return vec4(unpackSnorm2x16(deformed_vertices[at]), unpackSnorm2x16(deformed_vertices[at + 1u]));
}
vec4 own_tangent(uint vertex) {
    uint at = 7u * vertex + 5u;
    return vec4(unpackSnorm2x16(deformed_vertices[at]), unpackSnorm2x16(deformed_vertices[at + 1u]));
}
#define LOCAL_POSITION own_position(own_vertex(object))
#define LOCAL_NORMAL own_normal(own_vertex(object))
#define LOCAL_TANGENT own_tangent(own_vertex(object))
#else
#define LOCAL_POSITION position
#define LOCAL_NORMAL normal
#define LOCAL_TANGENT tangent
#endif
