// A node's output as people see it: numbers grey, colours encoded for the screen, directions as normal maps have them.
layout(local_size_x = 8, local_size_y = 8) in;
layout(rgba8, binding = 0) uniform writeonly image2D tile;
layout(std140, binding = 0) uniform Shown { ivec4 shown; };  // first number, how many, whether they are directions
layout(binding = 0) uniform sampler2D made;

vec3 encoded(vec3 c) {
    c = clamp(c, 0.0, 1.0);
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

void main() {
    ivec2 pixel = ivec2(gl_GlobalInvocationID.xy), size = imageSize(tile);
    if (any(greaterThanEqual(pixel, size))) return;
    vec4 v = texelFetch(made, pixel, 0);
    vec3 color;
    if (shown.y < 3) color = vec3(clamp(v[shown.x], 0.0, 1.0));
    else if (shown.z != 0) color = v.rgb * 0.5 + 0.5;
    else color = encoded(v.rgb);
    if (any(isnan(v)) || any(isinf(v))) color = vec3(1.0, 0.0, 1.0);
    imageStore(tile, ivec2(pixel.x, size.y - 1 - pixel.y), vec4(color, 1.0));
}
