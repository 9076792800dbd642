// A finished picture as video wants it: all of Y, then U, then V at half size, the top row first, four bytes a texel.
// Full range with the weights of ITU-R BT.601, as JPEG has them.
layout(binding = 0) uniform sampler2D picture;
layout(location = 0) out vec4 bytes;

vec3 texel(ivec2 at) { return texelFetch(picture, at, 0).rgb; }

float luma(vec3 c) { return dot(c, vec3(0.299, 0.587, 0.114)); }

void main() {
    ivec2 size = textureSize(picture, 0);
    ivec2 here = ivec2(gl_FragCoord.xy);
    int first = here.x * 4;
    if (here.y < size.y) {
        int y = size.y - 1 - here.y;
        bytes = vec4(luma(texel(ivec2(first, y))), luma(texel(ivec2(first + 1, y))), luma(texel(ivec2(first + 2, y))),
                     luma(texel(ivec2(first + 3, y))));
        return;
    }
    // Two rows of a plane lie side by side in each row of the target.
    int row = here.y - size.y;
    bool is_blue = row < size.y / 4;
    row = (is_blue ? row : row - size.y / 4) * 2;
    if (first >= size.x / 2) {
        first -= size.x / 2;
        row += 1;
    }
    int y = size.y - 2 - row * 2;
    for (int i = 0; i < 4; i++) {
        int x = (first + i) * 2;
        vec3 mean = 0.25 * (texel(ivec2(x, y)) + texel(ivec2(x + 1, y)) + texel(ivec2(x, y + 1)) + texel(ivec2(x + 1, y + 1)));
        bytes[i] = 0.5 + (is_blue ? (mean.b - luma(mean)) / 1.772 : (mean.r - luma(mean)) / 1.402);
    }
}
