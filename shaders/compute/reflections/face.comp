// One face of a cube: what a camera with 90 degrees saw, without what no number should be.
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D radiance;
layout(rgba16f, binding = 0) uniform writeonly imageCube raw;
layout(std140, binding = 2) uniform Face { ivec4 face; }; // number, texels along an edge

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(at, face.yy))) return;
    vec4 seen = texelFetch(radiance, at, 0);
    if (any(isnan(seen)) || any(isinf(seen))) seen = vec4(0.0);
    imageStore(raw, ivec3(at, face.x), clamp(seen, vec4(0.0), vec4(6.0e4, 6.0e4, 6.0e4, 1.0)));
}
